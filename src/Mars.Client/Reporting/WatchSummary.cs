namespace Mars.Client.Reporting;

/// <summary>What a camera has sent and got back.</summary>
internal sealed record WatchSummary
{
    public long FramesSent { get; init; }

    /// <summary>Frames of a live camera that were replaced by newer ones before they could be sent.</summary>
    public long FramesSkipped { get; init; }

    public long WindowsAnswered { get; init; }

    public long WindowsSuperseded { get; init; }

    public long WindowsExpired { get; init; }

    /// <summary>By kind.</summary>
    public IReadOnlyDictionary<string, long> Notices { get; init; } = new Dictionary<string, long>();

    /// <summary>Actions that began.</summary>
    public long Events { get; init; }

    public long Reconnects { get; init; }

    public double Seconds { get; init; }

    public double WindowsPerSecond { get; init; }

    public DelaySummary Delay { get; init; } = new(0, 0, 0, 0);
}
