using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Mars.Server.Configuration;

/// <summary>Who may read /metrics.</summary>
public enum MetricsAccess
{
    /// <summary>Callers from this machine, and viewers.</summary>
    Loopback,

    /// <summary>Viewers alone.</summary>
    Viewer,

    /// <summary>Everyone.</summary>
    Open,
}

/// <summary>Section Mars:Security: who may call, and over what. Without callers and tokens everyone may do everything, and the server listens on this machine alone.</summary>
public sealed class SecurityOptions
{
    public const string Section = "Mars:Security";

    /// <summary>Listen without TLS on addresses that others reach: the network is trusted, or a proxy in front ends TLS.</summary>
    public bool AllowPlain { get; set; }

    /// <summary>Let everyone do everything although others reach the server.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Who may read /metrics.</summary>
    public MetricsAccess Metrics { get; set; } = MetricsAccess.Loopback;

    /// <summary>Callers that are known by a key or a certificate, by name.</summary>
    public Dictionary<string, CallerOptions> Callers { get; set; } = [];

    /// <summary>Callers that are known by a token that another service has signed.</summary>
    public JwtOptions Jwt { get; set; } = new();

    /// <summary>What each caller may use, unless its own limits say otherwise.</summary>
    [ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Refusals that are logged in a second, at most; more are counted and told in one line.</summary>
    [Range(1, 10_000)]
    public int AuditLinesPerSecond { get; set; } = 50;

    /// <summary>Whether callers must say who they are.</summary>
    internal bool Authenticates => Callers.Count > 0 || Jwt.IsSet;
}
