using Mars.Server.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace Mars.Server.Security;

/// <summary>Gives https:// addresses their certificate, asks clients for theirs, and bounds connections.</summary>
internal sealed class ConnectionSetup(IOptions<TlsOptions> options, IOptions<StreamOptions> streams, CertificateStore certificates) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions kestrel)
    {
        // A peer that has vanished without a word (a cable, a sleeping laptop) is found out, and its camera is free again.
        kestrel.Limits.Http2.KeepAlivePingDelay = kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(streams.Value.KeepAliveSeconds);
        kestrel.Limits.MaxConcurrentConnections = streams.Value.MaxConnections;
        var tls = options.Value;
        if (tls.Certificate.Length == 0)
            return;
        kestrel.ConfigureHttpsDefaults(https =>
        {
            https.ServerCertificateSelector = (_, _) => certificates.Current.Own;
            https.ClientCertificateMode = tls.ClientAuthority.Length == 0 || tls.Clients == ClientCertificates.None
                ? ClientCertificateMode.NoCertificate
                : tls.Clients == ClientCertificates.Allow ? ClientCertificateMode.AllowCertificate : ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (client, _, _) => certificates.Current.Trusts(client);
            https.OnAuthenticate = (_, ssl) =>
            {
                // With the chain, which a selected certificate comes without.
                ssl.ServerCertificateSelectionCallback = null;
                ssl.ServerCertificateContext = certificates.Current.Context;
            };
        });
    }
}
