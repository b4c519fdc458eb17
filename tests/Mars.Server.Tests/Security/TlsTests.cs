using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Mars.Client.Tests.Support;
using Mars.V1;

namespace Mars.Server.Tests.Security;

public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new(Directory.CreateTempSubdirectory("mars-tls-").FullName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_certificates.Folder, recursive: true);
    }

    [Fact]
    public async Task OnePort_SpeaksGrpcAndHttp11ByAlpn_AndNothingWithoutTls()
    {
        await using var secure = await SecureServer.StartAsync(Settings());
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var http = new HttpClient(Handler()) { DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await http.GetAsync(new Uri($"{secure.Server.Address}/readyz"), Cancellation);
            Assert.Equal((HttpStatusCode.OK, version), (response.StatusCode, response.Version));
        }
        using var channel = GrpcChannel.ForAddress(secure.Server.Address, new GrpcChannelOptions { HttpHandler = Handler() });
        await RoleTests.RecognizeAsync(new ActionRecognition.ActionRecognitionClient(channel));

        using var plain = new HttpClient();
        await Assert.ThrowsAnyAsync<Exception>(() => plain.GetAsync(new Uri(secure.Server.Address.Replace("https", "http", StringComparison.Ordinal) + "/readyz"), Cancellation));
    }

    [Fact]
    public async Task ClientCertificate_TellsWhoCalls_AndStrangersDoNotConnect()
    {
        (string, string)[] callers = [("Mars:Security:Callers:door:Certificate", "camera-7"), ("Mars:Security:Callers:door:Roles:0", "publisher")];
        await using var secure = await SecureServer.StartAsync([.. Settings(), .. callers, ("Mars:Tls:ClientAuthority", _certificates.Authorities), ("Mars:Tls:Clients", "Require")]);
        using var strangers = new TestCertificates(Directory.CreateTempSubdirectory("mars-strangers-").FullName);

        using var known = Channel(secure, Handler(_certificates.Client("camera-7")));
        await RoleTests.RecognizeAsync(new ActionRecognition.ActionRecognitionClient(known));
        await RoleTests.RefusedAsync(StatusCode.PermissionDenied, () => new ActionRecognition.ActionRecognitionClient(known).ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation));

        using var other = Channel(secure, Handler(_certificates.Client("camera-8")));
        var failure = await RoleTests.RefusedAsync(StatusCode.Unauthenticated, () => new ActionRecognition.ActionRecognitionClient(other).ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation));
        Assert.Contains("camera-8", failure.Status.Detail, StringComparison.Ordinal);

        // Signed by another authority; the server's own certificate, which is for no client; none.
        foreach (var handler in (SocketsHttpHandler[])[Handler(strangers.Client("camera-7")), Handler(_certificates.Server("camera-7x")), Handler()])
        {
            using var channel = Channel(secure, handler);
            var client = new ActionRecognition.ActionRecognitionClient(channel);
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation));
            Assert.NotEqual(StatusCode.Unauthenticated, refused.StatusCode); // no connection came about
        }
        Directory.Delete(strangers.Folder, recursive: true);
    }

    [Fact]
    public async Task Certificate_ThatChanges_IsTakenForNewConnections_ABrokenOneIsNot()
    {
        await using var secure = await SecureServer.StartAsync([.. Settings(), ("Mars:Tls:ReloadSeconds", "0.2")]);
        using var open = new HttpClient(Handler());
        Assert.Equal(HttpStatusCode.OK, (await open.GetAsync(new Uri($"{secure.Server.Address}/readyz"), Cancellation)).StatusCode);
        Assert.Equal("CN=server", await SubjectAsync(secure));
        var (certificate, key) = (Path.Combine(_certificates.Folder, "server.pem"), Path.Combine(_certificates.Folder, "server.key"));

        var (next, nextKey) = _certificates.Server("next");
        File.Move(nextKey, key, overwrite: true);
        File.Move(next, certificate, overwrite: true);
        await secure.Log.WaitForAsync(l => l.Contains("the certificate of new connections is CN=next", StringComparison.Ordinal));
        Assert.Equal("CN=next", await SubjectAsync(secure));
        Assert.Equal(HttpStatusCode.OK, (await open.GetAsync(new Uri($"{secure.Server.Address}/readyz"), Cancellation)).StatusCode); // on its old connection

        await File.WriteAllTextAsync(certificate, "-----BEGIN CERTIFICATE-----\nMIIB", Cancellation);
        await secure.Log.WaitForAsync(l => l.Contains("the certificate from before stays", StringComparison.Ordinal));
        Assert.Equal("CN=next", await SubjectAsync(secure));
        Assert.DoesNotContain(secure.Log.All, l => l.Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    private static GrpcChannel Channel(SecureServer secure, SocketsHttpHandler handler) =>
        GrpcChannel.ForAddress(secure.Server.Address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });

    private (string, string)[] Settings()
    {
        var (certificate, key) = _certificates.Server();
        return [("Mars:Tls:Certificate", certificate), ("Mars:Tls:Key", key)];
    }

    // Trusts our authority alone.
    private SocketsHttpHandler Handler((string Certificate, string Key)? own = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(_certificates.Authorities);
        var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = policy } };
        if (own is { } files)
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), null, offline: true);
        return handler;
    }

    private async Task<string> SubjectAsync(SecureServer secure)
    {
        var subject = "";
        using var handler = Handler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            subject = certificate?.Subject ?? "";
            return errors == SslPolicyErrors.None;
        };
        using var http = new HttpClient(handler);
        using var response = await http.GetAsync(new Uri($"{secure.Server.Address}/livez"), Cancellation);
        return subject;
    }
}
