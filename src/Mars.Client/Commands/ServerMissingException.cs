namespace Mars.Client.Commands;

/// <summary>Nothing listens where the server should be.</summary>
internal sealed class ServerMissingException(Uri address, Exception inner) : Exception($"no Mars server at {address.GetLeftPart(UriPartial.Authority)}: {Advice(address, inner)}", inner)
{
    private static string Advice(Uri address, Exception inner)
    {
        if (address.IsLoopback)
            return "start it with ./mars serve";
        return Proxies.Of(address) is { } proxy ? $"{inner.Message}; the environment names the proxy {proxy} for it (no_proxy={address.Host} leaves it out)" : inner.Message;
    }
}
