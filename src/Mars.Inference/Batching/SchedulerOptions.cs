namespace Mars.Inference.Batching;

/// <summary>How windows of many cameras become batches.</summary>
public sealed record SchedulerOptions
{
    /// <summary>How long the oldest window may wait for others at most, when the model is busy all the time; a lone camera and an idle model never wait.</summary>
    public TimeSpan MaxBatchDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>A live window older than this is not run any more, where its stream does not say otherwise.</summary>
    public TimeSpan LiveDeadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The highest step of the <see cref="DegradationLadder"/> that may be taken: 0 none, 1 to 4 longer strides, 5 no new streams too, 7 all.</summary>
    public int MaxDegradation { get; init; } = DegradationLadder.Last;
}
