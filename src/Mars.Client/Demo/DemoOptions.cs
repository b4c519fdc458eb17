namespace Mars.Client.Demo;

/// <summary>What to show, and how.</summary>
internal sealed record DemoOptions
{
    /// <summary>A video to show; null means one that is rendered now.</summary>
    public string? Source { get; init; }

    /// <summary>Length of a rendered video.</summary>
    public double Seconds { get; init; } = 24;

    /// <summary>Of the rendered video.</summary>
    public required int Seed { get; init; }

    public bool Json { get; init; }

    /// <summary>Where to draw the strip of frames and predictions; null means nowhere.</summary>
    public string? Picture { get; init; }
}
