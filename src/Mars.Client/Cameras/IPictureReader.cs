namespace Mars.Client.Cameras;

/// <summary>Encoded pictures of a camera, one after another. Used by one thread.</summary>
internal interface IPictureReader : IDisposable
{
    /// <summary>Waits for the next picture, which is valid until the next call.</summary>
    /// <exception cref="CameraException">The camera is lost.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken);
}
