using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Mars.Client;

/// <summary>Makes what leads to a server: TLS, certificates, and the credentials of every call.</summary>
internal static class ServerChannel
{
    /// <summary>Opens a channel.</summary>
    /// <exception cref="MarsException">A certificate cannot be read, a key would go over the network in clear, or a proxy is in the way.</exception>
    public static GrpcChannel Open(Uri address, MarsClientOptions options)
    {
        if ((options.ApiKey ?? (object?)options.Token) is not null && !options.AllowPlainCredentials && !Replicas.IsSecure(address) && !options.MoreAddresses.Append(address).All(IsLocal))
            throw new MarsException($"the key would go to {address.GetLeftPart(UriPartial.Authority)} for all to read on the way: use https://, or allow it where the network is trusted (--insecure)");
        Proxies.Check(address, options);
        return GrpcChannel.ForAddress(Replicas.Target(address, options), new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = options.ConnectTimeout,
                KeepAlivePingDelay = options.KeepAlive,
                KeepAlivePingTimeout = options.KeepAliveTimeout,
                EnableMultipleHttp2Connections = options.MoreConnections,
                UseProxy = Proxies.AreUsed(address, options),
                SslOptions = Tls(options),
            },
            DisposeHttpClient = true,
            Credentials = Replicas.IsSecure(address) ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure,
            ServiceConfig = Replicas.Policy,
            ServiceProvider = Replicas.Services(address, options),
            // A camera has its own, longer delays; a channel that waits on top of them would only make them untrue.
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
            MaxReconnectBackoff = TimeSpan.FromSeconds(1),
        });
    }

    /// <summary>Calls over a channel, each with the credentials of the moment.</summary>
    public static CallInvoker Calls(this GrpcChannel channel, MarsClientOptions options) => channel.Intercept(metadata =>
    {
        foreach (var (name, value) in options.Headers)
            metadata.Add(name, value);
        if (options.ApiKey is { } key)
            metadata.Add("x-api-key", key);
        if (options.Token?.Invoke() is { } token)
            metadata.Add("authorization", $"Bearer {token}");
        return metadata;
    });

    // dns:///host:port stands for servers anywhere.
    private static bool IsLocal(Uri address) => address.IsLoopback && address.Host.Length > 0 && address.Scheme is "http" or "https";

    private static SslClientAuthenticationOptions Tls(MarsClientOptions options)
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = options.ServerName };
        if (options.CertificateAuthority is { } authority)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(Read(authority, () =>
            {
                var found = new X509Certificate2Collection();
                found.ImportFromPemFile(authority);
                return found.Count > 0 ? found : throw new CryptographicException("it holds none");
            }));
            tls.CertificateChainPolicy = policy;
        }
        if (options.ClientCertificate is { } own)
        {
            var certificate = Read(own, () => X509Certificate2.CreateFromPemFile(own, options.ClientKey));
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }
        return tls;
    }

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new MarsException($"{file} cannot be read as a certificate: {error.Message}", error);
        }
    }
}
