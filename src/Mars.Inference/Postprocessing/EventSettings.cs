namespace Mars.Inference.Postprocessing;

/// <summary>When an action counts as begun and as over.</summary>
public sealed record EventSettings
{
    /// <summary>Smoothed score at which an action starts.</summary>
    public double EnterScore { get; init; } = 0.6;

    /// <summary>Smoothed score below which it ends, at most <see cref="EnterScore"/>.</summary>
    public double ExitScore { get; init; } = 0.4;

    /// <summary>How long the score must have stood at <see cref="EnterScore"/> before the start is told.</summary>
    public TimeSpan MinDuration { get; init; }

    /// <summary>How long the score must stay low before the end is told.</summary>
    public TimeSpan EndDelay { get; init; }

    /// <summary>Weight of the past in the moving average, 0 to 1 exclusive.</summary>
    public double Smoothing { get; init; } = 0.5;
}
