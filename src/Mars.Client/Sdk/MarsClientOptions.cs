namespace Mars.Client;

/// <summary>How a <see cref="MarsClient"/> reaches its server.</summary>
public sealed record MarsClientOptions
{
    /// <summary>How long one attempt to connect may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A silent connection is asked for a sign of life this often (a second or more), so that a dead network is noticed: one that says nothing, such as a cable that was
    /// pulled, after this time and <see cref="KeepAliveTimeout"/> together.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the sign of life may take (a second or more) before the connection counts as lost. On a slow line it waits behind frames that are on their way.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Further servers of the same models. Cameras and calls are dealt out in turn over all that can be reached; a camera whose server dies goes on at another.
    /// All speak the scheme (http or https) of the client's own address.
    /// </summary>
    public IReadOnlyList<Uri> MoreAddresses { get; init; } = [];

    /// <summary>What a camera does when its connection breaks.</summary>
    public ReconnectOptions Reconnect { get; init; } = new();

    /// <summary>The key by which the server knows this caller.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Or a token (JWT). Asked for at each call, because tokens run out.</summary>
    public Func<string>? Token { get; init; }

    /// <summary>Send the key or the token without TLS too, to servers that are not on this machine.</summary>
    public bool AllowPlainCredentials { get; init; }

    /// <summary>PEM file of the authorities that the server's certificate may be of; null means those that the system trusts.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>PEM file of the certificate by which the server knows this caller.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>PEM file of its private key; null where the same file holds it.</summary>
    public string? ClientKey { get; init; }

    /// <summary>The name that the server's certificate must be for, where it differs from the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>Sent with every call.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock of delays.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>More connections than one to a server, when one is full.</summary>
    internal bool MoreConnections { get; init; } = true;

    /// <summary>Not the values: logs are full of options, and these hold secrets.</summary>
    public override string ToString() => nameof(MarsClientOptions);
}
