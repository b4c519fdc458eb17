using System.Net;
using System.Net.Sockets;

namespace Mars.Client.Cameras;

/// <summary>HTTP as cameras speak it.</summary>
internal static class CameraHttp
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    /// <summary>A client for one camera, with its login (Basic or Digest, whichever the camera asks for).</summary>
    public static HttpClient Client(CameraAddress camera)
    {
        var address = new Uri(camera.Plain);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTime,
            UseProxy = !address.IsLoopback,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            PreAuthenticate = true,
            Credentials = Login(address, camera),
        };
        // Cameras sign their certificates themselves; ffmpeg, which reads the other addresses, checks none either.
#pragma warning disable CA5359 // Accepting any certificate is the point.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("Mars");
        return http;
    }

    /// <summary>Passes a good answer.</summary>
    /// <exception cref="CameraException">Any other.</exception>
    public static void Check(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            return;
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        throw response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new CameraException(new CameraFault(FaultKind.Refused, CameraFaults.Refused(status))),
            HttpStatusCode.ProxyAuthenticationRequired => new CameraException($"{status}, from a proxy: no_proxy=HOST in the environment leaves the camera out"),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new CameraException(CameraFaults.NotThere(status)),
            _ => new CameraException(status),
        };
    }

    /// <summary>What an exception says about the camera.</summary>
    public static string Explain(Exception error)
    {
        for (var cause = error; ; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
                return $"{socket.Message} ({socket.SocketErrorCode})";
            if (cause.InnerException is null)
                return cause.Message.TrimEnd('.');
        }
    }

    // For this host alone: a redirect elsewhere must not get the password.
    private static CredentialCache? Login(Uri address, CameraAddress camera)
    {
        if (camera.User is null)
            return null;
        var login = new NetworkCredential(camera.User, camera.Password ?? "");
        var cache = new CredentialCache();
        foreach (var origin in ((string[])[address.GetLeftPart(UriPartial.Authority), $"https://{address.Host}"]).Distinct())
        {
            cache.Add(new Uri(origin), "Digest", login);
            cache.Add(new Uri(origin), "Basic", login);
        }
        return cache;
    }
}
