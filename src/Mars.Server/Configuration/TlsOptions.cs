using System.ComponentModel.DataAnnotations;

namespace Mars.Server.Configuration;

/// <summary>What is asked of clients when they connect by TLS.</summary>
public enum ClientCertificates
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A certificate, if they have one.</summary>
    Allow,

    /// <summary>A certificate: without one no connection comes about.</summary>
    Require,
}

/// <summary>Section Mars:Tls: the certificate of https:// addresses, and those of clients. Files that change are read again while the server runs.</summary>
public sealed class TlsOptions
{
    public const string Section = "Mars:Tls";

    /// <summary>PEM file of the server's certificate, and of those between it and its authority.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>PEM file of its private key.</summary>
    public string Key { get; set; } = "";

    /// <summary>PEM file of the authorities that sign clients' certificates.</summary>
    public string ClientAuthority { get; set; } = "";

    /// <summary>Whether clients may, or must, have a certificate.</summary>
    public ClientCertificates Clients { get; set; } = ClientCertificates.Allow;

    /// <summary>Seconds between looks at the files.</summary>
    [Range(0.1, 86_400)]
    public double ReloadSeconds { get; set; } = 10;
}
