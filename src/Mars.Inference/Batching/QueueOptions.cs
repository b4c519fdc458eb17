namespace Mars.Inference.Batching;

/// <summary>How the windows of one camera are treated.</summary>
public sealed record QueueOptions
{
    /// <summary>No window is left out, and the reader waits for room; otherwise live: the newest window wins.</summary>
    public bool EveryWindow { get; init; }

    /// <summary>Every-window: windows that may be under way at once.</summary>
    public int Capacity { get; init; } = 1;

    /// <summary>How many times as often as a camera of weight 1 it is served when there is not enough for all.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Live: an older window is not run any more; null means the scheduler's.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>
    /// Live, where there is no <see cref="Deadline"/> of its own: the time between two windows as it was asked for. A window that has waited for longer than this and
    /// two runs is not run any more, because in its place a newer one of another camera can be. Zero: the scheduler's deadline alone counts.
    /// </summary>
    public TimeSpan Stride { get; init; }

    /// <summary>The name by which the model was asked for, when whatever it means next is to take over; null stays with this version.</summary>
    public string? Follows { get; init; }
}
