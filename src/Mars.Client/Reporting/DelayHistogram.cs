namespace Mars.Client.Reporting;

/// <summary>Quantiles of delays to within one percent, in memory that does not grow however long a camera runs.</summary>
internal sealed class DelayHistogram
{
    private const double Smallest = 1e-4;  // seconds
    private const double Growth = 1.01;
    private readonly long[] _counts = new long[2000];  // up to 1e-4 * 1.01^2000 s, half a day

    /// <summary>Delays recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, exactly.</summary>
    public TimeSpan Max { get; private set; }

    public void Add(TimeSpan delay)
    {
        var bucket = delay.TotalSeconds <= Smallest ? 0 : (int)Math.Ceiling(Math.Log(delay.TotalSeconds / Smallest, Growth));
        _counts[Math.Min(bucket, _counts.Length - 1)]++;
        Count++;
        Max = delay > Max ? delay : Max;
    }

    /// <summary>The delay that a share <paramref name="quantile"/> of all does not exceed (nearest rank).</summary>
    public TimeSpan Quantile(double quantile)
    {
        if (Count == 0)
            return TimeSpan.Zero;
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        var bucket = -1;
        for (long seen = 0; seen < rank;)
            seen += _counts[++bucket];
        var upper = TimeSpan.FromSeconds(Smallest * Math.Pow(Growth, bucket));
        return upper < Max ? upper : Max;
    }
}
