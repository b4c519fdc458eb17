using static TorchSharp.torch;

namespace Mars.Trainer.Networks;

/// <summary>What a network makes of a batch of clips, at the places where a teacher's can be compared with it.</summary>
/// <param name="Layer3">Maps after the third stage, [N, C, frames / 8, size / 16, size / 16].</param>
/// <param name="Layer4">Maps after the fourth, [N, C, frames / 16, size / 32, size / 32].</param>
/// <param name="Features">Their average, [N, C]: what the losses of MERS and MARS compare (the authors' avgpool).</param>
/// <param name="Logits">[N, classes].</param>
internal readonly record struct NetworkOutput(Tensor Layer3, Tensor Layer4, Tensor Features, Tensor Logits)
{
    /// <summary>The tensor at one of the places.</summary>
    public Tensor At(DistillationPoint point) => point switch
    {
        DistillationPoint.AvgPool => Features,
        DistillationPoint.Layer4 => Layer4,
        DistillationPoint.Layer3 => Layer3,
        DistillationPoint.Logits => Logits,
        _ => throw new ArgumentOutOfRangeException(nameof(point)),
    };
}
