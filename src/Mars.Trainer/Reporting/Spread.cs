using System.Globalization;

namespace Mars.Trainer.Reporting;

/// <summary>The same figure of several seeds or folds.</summary>
/// <param name="Values">One each, as parts of one.</param>
internal sealed record Spread(IReadOnlyList<double> Values)
{
    public double Mean => Values.Average();

    /// <summary>Standard deviation over the seeds or folds, of the sample.</summary>
    public double Deviation => Values.Count < 2 ? 0 : Math.Sqrt(Values.Sum(v => (v - Mean) * (v - Mean)) / (Values.Count - 1));

    /// <summary>In percent, with the deviation where there is one.</summary>
    public override string ToString() => Values.Count < 2
        ? string.Create(CultureInfo.InvariantCulture, $"{Mean * 100:F1}")
        : string.Create(CultureInfo.InvariantCulture, $"{Mean * 100:F1} ± {Deviation * 100:F1}");
}
