using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Mars.Client.Demo;
using Mars.Client.Tests.Commands;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Sdk;

/// <summary>The SDK and the commands against a real server that has TLS and asks who calls.</summary>
public sealed class CredentialTests(CredentialTests.SecureServer server) : IClassFixture<CredentialTests.SecureServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MarsClientOptions Trusting => new() { CertificateAuthority = server.Certificates.Authorities };

    [Fact]
    public async Task Key_IsSentWithEveryCall_AndWithoutOneTheErrorSaysWhatToDo()
    {
        using (var client = new MarsClient(server.Address, Trusting with { ApiKey = server.Key }))
        {
            Assert.Single(await client.ListModelsAsync(Cancellation));
            await using var stream = await client.OpenCameraAsync(new CameraOptions { CameraId = "door-1" }, Cancellation);
            Assert.Equal(16u, (await stream.Opened).ClipLength);
        }
        string[] line = ["models", "--server", server.Url, "--ca", server.Certificates.Authorities];
        var (exit, output, _) = await CommandLineTests.RunAsync([.. line, "--api-key", server.Key, "--json"]);
        Assert.Equal(0, exit);
        Assert.Contains("colour", output, StringComparison.Ordinal);
        var (refused, _, error) = await CommandLineTests.RunAsync(line);
        Assert.Equal(1, refused);
        Assert.Contains("UNAUTHENTICATED", error, StringComparison.Ordinal);
        Assert.Contains("MARS_API_KEY", error, StringComparison.Ordinal);
        var (wrong, _, unknown) = await CommandLineTests.RunAsync([.. line, "--token", "a.b.c"]);
        Assert.Equal(1, wrong);
        Assert.Contains("tokens are not taken by this server", unknown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_FromTheEnvironment_IsNotInTheHelp()
    {
        Environment.SetEnvironmentVariable("MARS_API_KEY", server.Key);
        try
        {
            var (exit, _, _) = await CommandLineTests.RunAsync("models", "--server", server.Url, "--ca", server.Certificates.Authorities);
            Assert.Equal(0, exit);
            var (_, help, _) = await CommandLineTests.RunAsync("models", "--help");
            Assert.Contains("MARS_API_KEY", help, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Key, help, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("MARS_API_KEY", null);
        }
        Assert.DoesNotContain(server.Key, $"{Trusting with { ApiKey = server.Key }}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientCertificate_TellsWhoCalls()
    {
        var (certificate, key) = server.Certificates.Client("camera-7");
        using var client = new MarsClient(server.Address, Trusting with { ClientCertificate = certificate, ClientKey = key });
        Assert.Single(await client.ListModelsAsync(Cancellation));
        var refused = await Assert.ThrowsAsync<MarsException>(() => client.ListCamerasAsync(Cancellation));
        Assert.Equal(StatusCode.PermissionDenied, refused.Status);
        Assert.Contains("'gate' is no viewer", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_OfAnUnknownAuthority_IsNotSpokenTo()
    {
        using (var client = new MarsClient(server.Address, new MarsClientOptions { ApiKey = server.Key }))
            await Assert.ThrowsAsync<MarsException>(() => client.ListModelsAsync(Cancellation));
        var (exit, _, error) = await CommandLineTests.RunAsync("models", "--server", server.Url, "--api-key", server.Key);
        Assert.Equal(1, exit);
        Assert.Contains("--ca FILE", error, StringComparison.Ordinal);
        using var wrongName = new MarsClient(server.Address, Trusting with { ServerName = "elsewhere" });
        await Assert.ThrowsAsync<MarsException>(() => wrongName.ListModelsAsync(Cancellation));
        Assert.Contains("cannot be read as a certificate", Assert.Throws<MarsException>(() => new MarsClient(server.Address, new MarsClientOptions { CertificateAuthority = "nothing.pem" })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://192.0.2.1:5150", true)]
    [InlineData("dns:///mars:5150", true)]
    [InlineData("http://127.0.0.1:5150", false)]
    [InlineData("https://192.0.2.1:5150", false)]
    public void Key_WithoutTlsOverTheNetwork_IsNotSent(string address, bool refused)
    {
        var options = new MarsClientOptions { Token = () => "t" };
        if (refused)
            Assert.Contains("use https://", Assert.Throws<MarsException>(() => new MarsClient(new Uri(address), options)).Message, StringComparison.Ordinal);
        else
            new MarsClient(new Uri(address), options).Dispose();
        new MarsClient(new Uri(address), options with { AllowPlainCredentials = true }).Dispose();
    }

    [Fact]
    public async Task Bench_OverTlsWithAKey_AnswersEveryWindow()
    {
        using var folder = new Temporary();
        var video = TestVideos.Write(folder.Folder, 25, 2, [0, 1]);
        var json = Path.Combine(folder.Folder, "load.json");
        var (exit, _, error) = await CommandLineTests.RunAsync(
            "bench", "load", "--cameras", "1", "--duration", "2s", "--ramp", "0s", "--source", video, "--json", json, "--server", server.Url, "--ca", server.Certificates.Authorities, "--api-key", server.Key);
        Assert.True(exit == 0, error);
    }

    /// <summary>A server with TLS, a key for a publisher and viewer, and a client certificate for another publisher.</summary>
    public sealed class SecureServer : IAsyncLifetime
    {
        private readonly Temporary _folder = new();
        private ServerProcess? _process;

        internal TestCertificates Certificates { get; private set; } = null!;

        public string Key { get; } = $"mars_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=')}";

        public Uri Address { get; private set; } = null!;

        public string Url => Address.GetLeftPart(UriPartial.Authority);

        public async ValueTask InitializeAsync()
        {
            TinyModel.Write(_folder.Folder);
            Certificates = new TestCertificates(_folder.Folder);
            var (certificate, key) = Certificates.Server();
            var settings = new Dictionary<string, string>
            {
                ["Mars__Security__Callers__door__Key"] = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
                ["Mars__Security__Callers__door__Roles__0"] = "publisher",
                ["Mars__Security__Callers__gate__Certificate"] = "camera-7",
                ["Mars__Security__Callers__gate__Roles__0"] = "publisher:gate",
            };
            // Plain too, by which it is seen to be ready.
            var (plain, secure) = (FreePort(), FreePort());
            Address = new Uri($"https://127.0.0.1:{secure}");
            string[] arguments = ["--urls", $"http://127.0.0.1:{plain};https://127.0.0.1:{secure}", "--certificate", certificate, "--key", key, "--client-ca", Certificates.Authorities];
            _process = await ServerProcess.StartAsync(ServerFiles.Server(), _folder.Folder, arguments, plain, Cancellation, settings);
        }

        public async ValueTask DisposeAsync()
        {
            if (_process is not null)
                await _process.DisposeAsync();
            Certificates.Dispose();
            _folder.Dispose();
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
