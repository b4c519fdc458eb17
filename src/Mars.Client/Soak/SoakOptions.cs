namespace Mars.Client.Soak;

/// <summary>What cameras run, for how long, and what is done to them.</summary>
internal sealed record SoakOptions
{
    /// <summary>All in every-window mode.</summary>
    public required int Cameras { get; init; }

    /// <summary>How long frames are sent.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Frames a second of each camera.</summary>
    public double FrameRate { get; init; } = 25;

    /// <summary>Model or ensemble; empty means the server's default.</summary>
    public string Model { get; init; } = "";

    /// <summary>Frames, at the model's rate, between windows; 0 means the server's default.</summary>
    public int Stride { get; init; }

    /// <summary>How often a camera's connection is cut, a minute.</summary>
    public double CutsPerMinute { get; init; } = 1;

    /// <summary>How often the server is told to reload its models; zero means never.</summary>
    public TimeSpan ReloadEvery { get; init; }
}
