using System.Net.Security;

namespace Mars.Server.Hosting;

/// <summary>`--health URL`: asks a running server whether it is ready, for images that hold no curl. Exit code 0 when it is.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            await Console.Error.WriteLineAsync($"mars serve: --health takes http://host:port or https://host:port, not '{url}'");
            return 2;
        }
        // A server's certificate names the host that clients know, not the loopback address at which it is asked here.
        using var handler = new SocketsHttpHandler { UseProxy = !server.IsLoopback, SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, errors) => server.IsLoopback || errors == SslPolicyErrors.None } };
        using var http = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var response = await http.GetAsync(new Uri(server, "/readyz"));
            await Console.Out.WriteLineAsync($"{server} {await response.Content.ReadAsStringAsync()}");
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{server} {error.Message}");
            return 1;
        }
    }
}
