using Mars.Client.Reporting;

namespace Mars.Client.Soak;

/// <summary>What happened.</summary>
internal sealed record SoakCounts
{
    /// <summary>Frames that were sent, each counted once however often it was sent again.</summary>
    public long Frames { get; init; }

    /// <summary>Windows that those frames make.</summary>
    public long Due { get; init; }

    /// <summary>Windows that were answered.</summary>
    public long Answered { get; init; }

    /// <summary>Answers that came twice, or in the wrong order.</summary>
    public long Repeated { get; init; }

    /// <summary>Connections that were cut.</summary>
    public long Cuts { get; init; }

    /// <summary>Times that a camera came back.</summary>
    public long Reconnects { get; init; }

    /// <summary>Reloads that the server confirmed.</summary>
    public long Reloads { get; init; }

    /// <summary>Versions of models that those reloads loaded.</summary>
    public long Versions { get; init; }

    /// <summary>Whatever must not happen, by reason.</summary>
    public IReadOnlyDictionary<string, long> Errors { get; init; } = new Dictionary<string, long>();

    /// <summary>Capture to decision, in milliseconds, over cuts too.</summary>
    public DelaySummary? Delay { get; init; }
}
