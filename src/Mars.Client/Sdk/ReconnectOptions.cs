namespace Mars.Client;

/// <summary>Delays between attempts to reach the server again: exponential, with jitter so that a thousand cameras do not come back in the same instant.</summary>
public sealed record ReconnectOptions
{
    /// <summary>Before the first attempt.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>No delay is longer, unless the server asks for it.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Each delay over the one before it.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>Share of a delay that is drawn at random, 0 to 1.</summary>
    public double Jitter { get; init; } = 0.5;

    /// <summary>Give up after this long without a connection; null means never.</summary>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>Keep trying when the very first connection fails too. By default that is an error at once: most likely the address is wrong.</summary>
    public bool WaitForServer { get; init; }
}
