namespace Mars.Server.Configuration;

/// <summary>Section Mars:Security:Callers:NAME: how a caller is known, and what it may do.</summary>
public sealed class CallerOptions
{
    /// <summary>sha256: and the hash of its key, as mars serve --new-key NAME prints it.</summary>
    public string Key { get; set; } = "";

    /// <summary>The common name of its client certificate, which the authority of Mars:Tls:ClientAuthority has signed; or sha256: and the hash of the certificate.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>publisher, viewer or administrator; the first two for cameras of a pattern too, in which * stands for anything: publisher:door-*.</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>What it may use; absent means Mars:Security:Limits.</summary>
    public LimitOptions? Limits { get; set; }
}
