namespace Mars.Inference.Batching;

/// <summary>How windows of many cameras become batches.</summary>
public sealed record SchedulerOptions
{
    /// <summary>How long the oldest window may wait for others before its batch closes. Costs latency, buys batch size; a lone camera never waits.</summary>
    public TimeSpan MaxBatchDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>A live window older than this is not run any more.</summary>
    public TimeSpan LiveDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
