namespace Mars.Inference.Batching;

/// <summary>What became of a window. Every window ends in exactly one of these.</summary>
public enum WindowOutcome
{
    Answered,

    /// <summary>A newer window of the same camera replaced it before it ran (live mode).</summary>
    Superseded,

    /// <summary>It was too old to be worth a run (live mode).</summary>
    Expired,

    /// <summary>The run failed.</summary>
    Failed,
}

/// <summary>Outcomes as tags of metrics and spans.</summary>
public static class WindowOutcomeTags
{
    public static string ToTag(this WindowOutcome outcome) => outcome switch
    {
        WindowOutcome.Answered => "answered",
        WindowOutcome.Superseded => "superseded",
        WindowOutcome.Expired => "expired",
        _ => "failed",
    };
}
