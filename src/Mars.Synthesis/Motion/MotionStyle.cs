namespace Mars.Synthesis.Motion;

/// <summary>How one person does things.</summary>
internal sealed record MotionStyle
{
    /// <summary>1 is usual.</summary>
    public required double Speed { get; init; }

    /// <summary>1 is usual.</summary>
    public required double Amplitude { get; init; }

    /// <summary>0 left, 1 right: the hand and the foot used.</summary>
    public required int Side { get; init; }

    /// <summary>Where a periodic motion begins, in periods.</summary>
    public required double Phase { get; init; }

    /// <summary>A second, independent choice between variants of an action, 0 to 1.</summary>
    public required double Variant { get; init; }

    public static MotionStyle Random(Random random) => new()
    {
        Speed = 0.85 + (0.35 * random.NextDouble()),
        Amplitude = 0.85 + (0.3 * random.NextDouble()),
        Side = random.Next(2),
        Phase = random.NextDouble(),
        Variant = random.NextDouble(),
    };
}
