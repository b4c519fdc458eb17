namespace Mars.Inference.Batching;

/// <summary>The share of the recent past in which a worker ran batches, as a moving average that fades over <see cref="Memory"/>.</summary>
internal sealed class LoadMeter(TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private double _load;
    private long _last = time.GetTimestamp();
    private long _began = long.MaxValue; // of the run under way

    /// <summary>0, idle, to 1, always busy.</summary>
    public double Load
    {
        get
        {
            lock (_lock)
            {
                var now = time.GetTimestamp();
                return _began == long.MaxValue ? _load * Fade(time.GetElapsedTime(_last, now)) : Busy(time.GetElapsedTime(_last, _began), time.GetElapsedTime(_began, now));
            }
        }
    }

    /// <summary>A run begins now.</summary>
    public void Begin()
    {
        lock (_lock)
            _began = time.GetTimestamp();
    }

    /// <summary>A run that took that long has just ended.</summary>
    public void Ran(TimeSpan took)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var since = time.GetElapsedTime(_last, now);
            (_last, _began) = (now, long.MaxValue);
            _load = Busy(since > took ? since - took : TimeSpan.Zero, took);
        }
    }

    // Idle first, then busy, as a worker's time between two ends of runs is.
    private double Busy(TimeSpan idle, TimeSpan busy) => 1 - ((1 - (_load * Fade(idle))) * Fade(busy));

    private static double Fade(TimeSpan span) => Math.Exp(-span / Memory);
}
