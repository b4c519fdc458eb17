using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using static TorchSharp.torch;

namespace Mars.Trainer.Objectives;

/// <summary>A batch on the device, ready for the networks.</summary>
/// <param name="Rgb">float [N, 3, frames, size, size]; null where the modality has none.</param>
/// <param name="Flow">float [N, 2, frames, size, size]; null where the modality has none.</param>
/// <param name="Classes">int64 [N].</param>
internal readonly record struct ClipTensors(Tensor? Rgb, Tensor? Flow, Tensor Classes)
{
    /// <param name="batch">From the loader.</param>
    /// <param name="shape">Frames and size of the batch's clips.</param>
    /// <param name="device">Where to.</param>
    public static ClipTensors From(ClipBatch batch, NetworkShape shape, Device device) => new(
        batch.Rgb.Length > 0 ? ClipInput.FromRgb(batch.Rgb, batch.Count, shape, device) : null,
        batch.Flow.Length > 0 ? ClipInput.FromFlow(batch.Flow, batch.Count, shape, device) : null,
        tensor(batch.Classes, device: device));

    /// <summary>What a network with so many input channels takes.</summary>
    public Tensor For(ResNeXt3D network) =>
        (network.Shape.InputChannels == 2 ? Flow : Rgb) ?? throw new InvalidOperationException("the batch lacks what the network takes");
}
