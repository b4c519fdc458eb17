using Mars.Trainer.Networks;
using static TorchSharp.torch;

namespace Mars.Trainer.Checkpoints;

/// <summary>What a checkpoint holds, on the CPU. Owns the tensors.</summary>
/// <param name="Network">With its weights.</param>
/// <param name="Momentum">The optimizer's velocities by parameter name.</param>
/// <param name="State">The run's.</param>
internal sealed record LoadedCheckpoint(ResNeXt3D Network, IReadOnlyDictionary<string, Tensor> Momentum, RunState State) : IDisposable
{
    public void Dispose()
    {
        foreach (var velocity in Momentum.Values)
            velocity.Dispose();
        Network.Dispose();
    }
}
