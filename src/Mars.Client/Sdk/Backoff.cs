namespace Mars.Client;

/// <summary>Counts failed attempts and says how long to wait before the next one.</summary>
/// <param name="options">Shape of the delays.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Gives numbers from 0 to 1.</param>
internal sealed class Backoff(ReconnectOptions options, TimeProvider time, Func<double> random)
{
    private long _start;

    /// <summary>Failed attempts since the last success.</summary>
    public int Attempts { get; private set; }

    /// <summary>Whether the last success is too long ago to go on.</summary>
    public bool Exhausted => Attempts > 0 && time.GetElapsedTime(_start) > options.GiveUpAfter;

    /// <summary>Records a failure.</summary>
    /// <param name="asked">The delay that the server asks for: never come back sooner.</param>
    /// <returns>The delay before the next attempt.</returns>
    public TimeSpan Next(TimeSpan? asked = null)
    {
        if (Attempts == 0)
            _start = time.GetTimestamp();
        var full = Math.Min(options.InitialDelay.TotalSeconds * Math.Pow(options.Factor, Attempts), options.MaxDelay.TotalSeconds);
        Attempts++;
        var jitter = full * options.Jitter * random();
        return asked?.TotalSeconds > full - jitter ? asked.Value + TimeSpan.FromSeconds(jitter) : TimeSpan.FromSeconds(full - jitter);
    }

    /// <summary>Records a success.</summary>
    public void Reset() => Attempts = 0;
}
