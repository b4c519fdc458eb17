namespace Mars.Inference.Sessions;

/// <summary>A graph on one kind of device, from the clips of a <see cref="ClipBuffers"/> to its logits and features. A run allocates nothing.</summary>
internal interface IGraphRunner : IDisposable
{
    /// <summary>Runs the first <paramref name="batch"/> clips and returns when their answers are there.</summary>
    void Run(int batch);

    /// <summary>Runs whatever will be run, so that the first camera does not pay for the allocations and searches of a first run.</summary>
    void WarmUp();
}
