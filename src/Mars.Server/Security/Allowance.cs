namespace Mars.Server.Security;

/// <summary>
/// So much a second, of which a second's worth may be saved up. What is taken may exceed what is there and is paid back before the next: so a frame, or a video of many
/// seconds' worth, is let through whole and the mean still holds. System.Threading.RateLimiting's token bucket refuses for ever what is larger than the bucket, and keeps a
/// timer for each. Not thread-safe.
/// </summary>
internal sealed class Allowance(double perSecond, TimeProvider time)
{
    private double _left = Math.Max(1, perSecond);
    private long _at = time.GetTimestamp();

    public bool IsUnlimited => perSecond <= 0;

    /// <summary>How long until more may be taken; zero means now.</summary>
    public TimeSpan Wait()
    {
        if (IsUnlimited)
            return TimeSpan.Zero;
        var now = time.GetTimestamp();
        _left = Math.Min(Math.Max(1, perSecond), _left + (perSecond * time.GetElapsedTime(_at, now).TotalSeconds));
        _at = now;
        // A millisecond at least: a timer cannot wait for less, and the loop that waits must not spin.
        return _left >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Max(0.001, (1 - _left) / perSecond));
    }

    public void Take(double amount) => _left -= amount;
}
