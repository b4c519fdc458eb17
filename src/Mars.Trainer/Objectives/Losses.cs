using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Objectives;

/// <summary>Parts that objectives share.</summary>
internal static class Losses
{
    /// <summary>Whether a parameter is of the last layer.</summary>
    public static bool IsClassifier(string parameter) => parameter.StartsWith("fc.", StringComparison.Ordinal);

    /// <summary>Clips whose class has the highest logit.</summary>
    public static int Right(Tensor logits, Tensor classes)
    {
        using var scope = NewDisposeScope();
        return (int)logits.argmax(1).eq(classes).sum().ToInt64();
    }
}
