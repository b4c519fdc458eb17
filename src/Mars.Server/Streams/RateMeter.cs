namespace Mars.Server.Streams;

/// <summary>Events per second over the last few seconds: a count that decays exponentially. Any thread.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private const double Seconds = 3;

    private readonly Lock _lock = new();
    private double _rate;
    private long _last = time.GetTimestamp();

    /// <summary>One event.</summary>
    public void Mark()
    {
        lock (_lock)
            _rate = Decay() + (1 / Seconds);
    }

    /// <summary>Events per second now.</summary>
    public double Read()
    {
        lock (_lock)
            return _rate = Decay();
    }

    private double Decay()
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        return _rate * Math.Exp(-elapsed / Seconds);
    }
}
