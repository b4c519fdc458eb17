namespace Mars.Client.Load;

/// <summary>The one clock of a run: monotonic, and tied once to the time on the wall, so that a clock that is set meanwhile changes no figure.</summary>
internal sealed class LoadClock(TimeProvider time)
{
    private readonly DateTimeOffset _epoch = time.GetUtcNow();
    private readonly long _start = time.GetTimestamp();

    /// <summary>Since the start of the run.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>The time on the wall at a moment of the run.</summary>
    public DateTimeOffset ToWall(TimeSpan moment) => _epoch + moment;

    /// <summary>The moment of the run at a time on the wall.</summary>
    public TimeSpan ToMoment(DateTimeOffset wall) => wall - _epoch;
}
