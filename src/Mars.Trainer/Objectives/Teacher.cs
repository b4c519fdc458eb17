using Mars.Trainer.Networks;
using Mars.Trainer.Tensors;
using static TorchSharp.torch;

namespace Mars.Trainer.Objectives;

/// <summary>A trained flow network that students are compared with. It is frozen: evaluation mode, batch norms included, no gradients.</summary>
internal sealed class Teacher : IDisposable
{
    private readonly DistillationPoint _point;

    /// <param name="network">Takes flow; owned from here on.</param>
    /// <param name="alpha">Weight of the distance in the loss (MARS_alpha).</param>
    /// <param name="point">Where both are compared.</param>
    public Teacher(ResNeXt3D network, double alpha, DistillationPoint point)
    {
        if (network.Shape.InputChannels != 2)
            throw new ArgumentException($"the teacher takes {network.Shape.InputChannels} channels: a teacher is a flow stream, which takes 2", nameof(network));
        network.eval();
        foreach (var parameter in network.parameters())
            parameter.requires_grad = false;
        (Network, Alpha, _point) = (network, alpha, point);
    }

    public ResNeXt3D Network { get; }

    public double Alpha { get; }

    /// <summary>alpha * mean squared difference, over batch and values, of a student's output from the teacher's on the same clips.</summary>
    public Tensor Distance(NetworkOutput student, ClipTensors clips)
    {
        using var scope = NewDisposeScope();
        Tensor target;
        using (no_grad())
            target = Network.forward(clips.For(Network)).At(_point);
        var own = student.At(_point);
        if (!own.shape.AsSpan(1).SequenceEqual(target.shape.AsSpan(1)))
            throw new InvalidOperationException($"at {_point} the student has {string.Join('x', own.shape[1..])} values and the teacher {string.Join('x', target.shape[1..])}: train both with the same --depth, --width and classes");
        return nn.functional.mse_loss(Wide(own), Wide(target)).Times(Alpha).MoveToOuterDisposeScope();
    }

    public void Dispose() => Network.Dispose();

    private static Tensor Wide(Tensor values) => values.dtype == ScalarType.BFloat16 ? values.to(ScalarType.Float32) : values;
}
