using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mars.Server.Configuration;

namespace Mars.Server.Security;

/// <summary>The certificates of one moment: the server's with its chain, and the authorities of clients'.</summary>
internal sealed class ServerCertificates
{
    private readonly X509Certificate2Collection _authorities = [];

    private ServerCertificates(X509Certificate2 own, SslStreamCertificateContext context)
    {
        Own = own;
        Context = context;
    }

    /// <summary>The server's own.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>As TLS wants it.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads the files.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no certificate, or the key is another certificate's.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ServerCertificates Load(TlsOptions options)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.Certificate);
        var own = X509Certificate2.CreateFromPemFile(options.Certificate, options.Key.Length > 0 ? options.Key : null);
        if (OperatingSystem.IsWindows())
            own = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null); // its TLS takes no key that lives in memory alone
        var certificates = new ServerCertificates(own, SslStreamCertificateContext.Create(own, chain, offline: true));
        if (options.ClientAuthority.Length > 0)
            certificates._authorities.ImportFromPemFile(options.ClientAuthority);
        if (options.ClientAuthority.Length > 0 && certificates._authorities.Count == 0)
            throw new CryptographicException($"{options.ClientAuthority} holds no certificate");
        return certificates;
    }

    /// <summary>Whether a client's certificate is of one of the authorities, in force, and meant for clients.</summary>
    public bool Trusts(X509Certificate2 client)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // client authentication
        return chain.Build(client);
    }
}
