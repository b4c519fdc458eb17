namespace Mars.Client.Cameras;

/// <summary>How long to wait before a camera is opened again.</summary>
internal sealed class CameraWaits
{
    // Cameras lock an account for 5 to 30 minutes after about five failed logins within a few minutes.
    private static readonly TimeSpan FirstAfterRefusal = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestAfterRefusal = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private int _refusals;
    private int _losses;

    /// <summary>Failures since the camera last worked.</summary>
    public int Attempts => _refusals + _losses;

    /// <summary>The wait after one more failure: 1 s, doubled up to 30 s; after a refused login 1 min, doubled up to 10 min.</summary>
    public TimeSpan Next(FaultKind kind) => kind == FaultKind.Refused
        ? Grown(FirstAfterRefusal, LongestAfterRefusal, _refusals++)
        : Grown(First, Longest, _losses++);

    /// <summary>The camera works.</summary>
    public void Reset() => (_refusals, _losses) = (0, 0);

    private static TimeSpan Grown(TimeSpan first, TimeSpan longest, int times)
    {
        var grown = first * Math.Pow(2, Math.Min(times, 16));
        return grown < longest ? grown : longest;
    }
}
