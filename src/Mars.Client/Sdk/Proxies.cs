namespace Mars.Client;

/// <summary>Proxies that the environment names (http_proxy, https_proxy, all_proxy, no_proxy).</summary>
internal static class Proxies
{
    /// <summary>Whether a channel goes through a proxy where one is named. A server on this machine is never behind one.</summary>
    public static bool AreUsed(Uri address, MarsClientOptions options) => Servers(address, options).Any(server => !server.IsLoopback);

    /// <summary>Lets pass what a proxy can: connections with TLS, by CONNECT.</summary>
    /// <exception cref="MarsException">A proxy is named for a server without TLS.</exception>
    public static void Check(Uri address, MarsClientOptions options)
    {
        if (Servers(address, options).FirstOrDefault(server => server.Scheme == Uri.UriSchemeHttp && !server.IsLoopback && Of(server) is not null) is { } blocked)
        {
            throw new MarsException(
                $"the environment names the proxy {Of(blocked)} for {blocked.Host}, and HTTP/2 without TLS does not pass a proxy: add {blocked.Host} to no_proxy, or reach the server at an https:// address");
        }
    }

    /// <summary>Host and port of the proxy for a server; null where there is none.</summary>
    public static string? Of(Uri server)
    {
        if (server.IsLoopback || HttpClient.DefaultProxy.IsBypassed(server))
            return null;
        // Without its login.
        return HttpClient.DefaultProxy.GetProxy(server) is { } proxy && proxy != server ? proxy.GetComponents(UriComponents.HostAndPort, UriFormat.Unescaped) : null;
    }

    private static IEnumerable<Uri> Servers(Uri address, MarsClientOptions options) => options.MoreAddresses.Prepend(address).Select(
        // dns:///host:port, without TLS
        server => server.Scheme is "http" or "https" ? server : Uri.TryCreate($"http://{server.AbsolutePath.Trim('/')}", UriKind.Absolute, out var named) ? named : server);
}
