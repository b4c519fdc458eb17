namespace Mars.Synthesis.Figure;

/// <summary>A person's measures, in metres, from an adult's usual proportions (thigh a quarter of the height, and so on) varied from person to person.</summary>
internal sealed record Body
{
    public required double Height { get; init; }

    /// <summary>1 is lean, 1.5 is stout.</summary>
    public required double Girth { get; init; }

    public double Thigh => 0.245 * Height;

    public double Shin => 0.246 * Height;

    public double Foot => 0.14 * Height;

    public double Trunk => 0.30 * Height;

    public double ShoulderHalf => 0.115 * Height * (0.85 + (0.15 * Girth));

    public double HipHalf => 0.06 * Height * (0.8 + (0.2 * Girth));

    public double UpperArm => 0.176 * Height;

    public double Forearm => 0.15 * Height;

    public double Head => 0.068 * Height;

    public static Body Random(Random random) => new() { Height = 1.5 + (0.4 * random.NextDouble()), Girth = 1 + (0.5 * random.NextDouble()) };
}
