namespace Mars.Client;

/// <summary>How a <see cref="MarsClient"/> reaches its server.</summary>
public sealed record MarsClientOptions
{
    /// <summary>How long one attempt to connect may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A silent connection is asked for a sign of life this often, so that a dead network is noticed.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What a camera does when its connection breaks.</summary>
    public ReconnectOptions Reconnect { get; init; } = new();

    /// <summary>Sent with every call, for instance an authorization header.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock of delays.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
