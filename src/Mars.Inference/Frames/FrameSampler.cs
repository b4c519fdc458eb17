namespace Mars.Inference.Frames;

/// <summary>What a frame's capture time makes of it.</summary>
public enum SampleKind
{
    /// <summary>It fills one tick or more of the model's clock.</summary>
    Ticks,

    /// <summary>Its tick has been filled by the frame before it: the camera is faster than the model.</summary>
    Surplus,

    /// <summary>It was captured before the last frame, by less than the gap: late on its way, of no use any more.</summary>
    Late,
}

/// <summary>The ticks that a frame fills.</summary>
/// <param name="Kind">Whether it fills any.</param>
/// <param name="Restarted">The run before it has ended (a gap, or the camera's clock was set): its window is to be emptied.</param>
/// <param name="RepeatPrevious">Ticks before it that the frame before it fills.</param>
/// <param name="RepeatCurrent">Ticks that it fills itself, at least one.</param>
public readonly record struct Sample(SampleKind Kind, bool Restarted, int RepeatPrevious, int RepeatCurrent);

/// <summary>
/// Samples a camera at the model's frame rate by its capture times. Tick k stands at the first frame's time + k / rate and takes the nearest frame, as
/// far as that is known when a frame arrives (waiting for the next one to decide would cost a frame of latency): a slow camera's frames repeat,
/// a fast one's surplus is left out.
/// </summary>
public sealed class FrameSampler
{
    // Long enough that jitter of nearly half a tick does not move the mean, short enough that a second or two suffice.
    private const int MeanFrames = 32;

    private readonly double _ticksPerClockTick;
    private readonly TimeSpan _maxGap;
    private DateTimeOffset _origin;
    private DateTimeOffset _last;
    private DateTimeOffset _lastSeen;
    private TimeSpan _interval;
    private double _meanInterval = 1; // in ticks; begins at the model's own rate
    private long _lastTick = -1;
    private bool _any;
    private bool _resumed;

    /// <param name="frameRate">The model's, in frames per second.</param>
    /// <param name="maxGap">A longer silence ends the run of ticks.</param>
    public FrameSampler(double frameRate, TimeSpan maxGap)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameRate);
        _ticksPerClockTick = frameRate / TimeSpan.TicksPerSecond;
        _maxGap = maxGap;
        _interval = TimeSpan.FromSeconds(1 / frameRate);
    }

    /// <summary>What <paramref name="captureTime"/> makes of a frame. Fills nothing yet: a frame that cannot be decoded leaves no trace.</summary>
    public Sample Sample(DateTimeOffset captureTime)
    {
        Observe(captureTime);
        if (!_any)
            return new Sample(SampleKind.Ticks, false, 0, _resumed ? FirstTicks(captureTime) : 1);
        var step = captureTime - _last;
        if (step.Duration() > _maxGap)
            return new Sample(SampleKind.Ticks, true, 0, 1);
        if (step < TimeSpan.Zero)
            return new Sample(SampleKind.Late, false, 0, 0);
        var tick = Tick(captureTime);
        if (tick <= _lastTick)
            return new Sample(SampleKind.Surplus, false, 0, 0);
        // Ticks up to the middle between the two frames belong to the earlier one.
        var middle = (long)Math.Ceiling((_last - _origin + (step / 2)).Ticks * _ticksPerClockTick) - 1;
        var previous = (int)Math.Clamp(middle - _lastTick, 0, tick - 1 - _lastTick);
        return new Sample(SampleKind.Ticks, false, previous, (int)(tick - _lastTick) - previous);
    }

    /// <summary>Records that the last accepted frame has filled one tick more.</summary>
    public void Repeat() => _lastTick++;

    /// <summary>Records a frame that <see cref="Sample(DateTimeOffset)"/> gave ticks: its own first one. The ticks before it, and further ones of its own, are <see cref="Repeat"/>.</summary>
    public void Accept(DateTimeOffset captureTime, Sample sample)
    {
        if (sample.Restarted || (!_any && !_resumed))
        {
            _origin = captureTime;
            _lastTick = 0;
        }
        else
        {
            _interval = _any ? captureTime - _last : _interval;
            _lastTick++;
        }
        _any = true;
        _last = captureTime;
    }

    /// <summary>The clock goes on as it was in another connection; to be called before the first frame is accepted.</summary>
    /// <param name="origin">Time of its tick 0.</param>
    /// <param name="lastTick">The last tick that is filled; the first frame fills the one after it.</param>
    public void Resume(DateTimeOffset origin, long lastTick) => (_origin, _lastTick, _resumed) = (origin, lastTick, true);

    /// <summary>Ticks from <paramref name="origin"/> to a time.</summary>
    public double Distance(DateTimeOffset origin, DateTimeOffset time) => (time - origin).Ticks * _ticksPerClockTick;

    /// <summary>Time of tick 0.</summary>
    public DateTimeOffset Origin => _origin;

    /// <summary>Ticks that the last frame of a stream still has to fill by <see cref="Repeat"/>: it lasts as long as the one before it did.</summary>
    public int Remaining()
    {
        if (!_any)
            return 0;
        var end = (long)Math.Round((_last + _interval - _origin).Ticks * _ticksPerClockTick, MidpointRounding.AwayFromZero);
        return (int)Math.Max(0, end - 1 - _lastTick);
    }

    // A camera slower than the model fills ticks before its own with a frame.
    private int FirstTicks(DateTimeOffset captureTime) => (int)Math.Clamp(Tick(captureTime) - _lastTick, 1, _maxGap.Ticks * _ticksPerClockTick);

    private void Observe(DateTimeOffset captureTime)
    {
        var step = captureTime - _lastSeen;
        _lastSeen = captureTime;
        if (step > TimeSpan.Zero && step <= _maxGap)
            _meanInterval += ((step.Ticks * _ticksPerClockTick) - _meanInterval) / MeanFrames;
    }

    // A frame is the nearest to a tick that lies up to half the camera's interval ahead of it; half a tick for a camera as slow as the model or slower.
    private long Tick(DateTimeOffset time) => (long)Math.Floor(((time - _origin).Ticks * _ticksPerClockTick) + Math.Min(0.5, _meanInterval / 2));
}
