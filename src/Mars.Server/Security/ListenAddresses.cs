using System.Net;
using Mars.Server.Configuration;

namespace Mars.Server.Security;

/// <summary>Where the server is told to listen, and whether it may.</summary>
internal sealed class ListenAddresses(IConfiguration configuration)
{
    public IEnumerable<string> Faults(SecurityOptions security, TlsOptions tls)
    {
        foreach (var (text, named) in All())
        {
            if (Read(text) is not { } address)
            {
                yield return $"'{text}' is no address: http://host:port or https://host:port";
                continue;
            }
            var secure = address.Scheme == Uri.UriSchemeHttps;
            if (secure && !named && tls.Certificate.Length == 0 && !configuration.GetSection("Kestrel:Certificates:Default").Exists())
                yield return $"{text} needs a certificate: give --certificate CERT.pem and --key KEY.pem";
            if (IsLocal(address))
                continue;
            if (!secure && !security.AllowPlain)
                yield return $"{text} would send frames and keys over the network for all to read: give --certificate CERT.pem --key KEY.pem and https://, or --insecure where the network is trusted";
            if (!security.Authenticates && !security.AllowAnonymous)
                yield return $"{text} would let in everyone who reaches it: make a key (./mars serve --new-key NAME), or give --insecure where the network is trusted";
        }
    }

    private IEnumerable<(string Address, bool Named)> All()
    {
        var urls = configuration["urls"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return urls.Select(u => (u, false)).Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => (e["Url"] ?? "", true)));
    }

    private static BindingAddress? Read(string text)
    {
        try
        {
            return BindingAddress.Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsLocal(BindingAddress address) =>
        address.IsUnixPipe || address.IsNamedPipe || address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
