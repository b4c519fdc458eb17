namespace Mars.Inference.Postprocessing;

/// <summary>Logits to probabilities.</summary>
public static class Softmax
{
    /// <summary>exp(x_i - max) / sum, into <paramref name="scores"/>.</summary>
    public static void Compute(ReadOnlySpan<float> logits, Span<float> scores)
    {
        var max = float.NegativeInfinity;
        foreach (var logit in logits)
            max = Math.Max(max, logit);
        var sum = 0f;
        for (var i = 0; i < logits.Length; i++)
            sum += scores[i] = MathF.Exp(logits[i] - max);
        for (var i = 0; i < logits.Length; i++)
            scores[i] /= sum;
    }
}
