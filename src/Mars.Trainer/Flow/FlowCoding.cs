using Mars.Trainer.Tensors;
using static TorchSharp.torch;

namespace Mars.Trainer.Flow;

/// <summary>Flow as the authors store it: 8 bits for -20 to 20 pixels, (v + 20) / 40 * 255, truncated. 127 is no motion.</summary>
internal static class FlowCoding
{
    private const double Range = 20;

    /// <summary>float to uint8 of the same shape.</summary>
    public static Tensor Encode(Tensor flow)
    {
        using var scope = NewDisposeScope();
        return flow.Within(-Range, Range).PlusInPlace(Range).TimesInPlace(1 / (2 * Range)).TimesInPlace(255).to(ScalarType.Byte).MoveToOuterDisposeScope();
    }
}
