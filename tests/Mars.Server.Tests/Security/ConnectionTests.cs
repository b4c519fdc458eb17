using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Mars.Client.Tests.Support;
using Mars.Server.Security;
using Mars.Server.Tests.Telemetry;
using Mars.V1;

namespace Mars.Server.Tests.Security;

public sealed class ConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SilentStream_WithAnIdleLimit_EndsAndSaysWhy()
    {
        await using var secure = await SecureServer.StartAsync(("Mars:Streams:IdleSeconds", "1"));
        using var camera = new TestCamera(secure.Server, TestCamera.EveryWindow("a"));
        await camera.SendAsync(1, 3);

        var failure = await camera.FailureAsync();
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.Contains("no frame came for 1 s", failure.Status.Detail, StringComparison.Ordinal);
        Assert.False(Assert.Single((await secure.Client().ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation)).Cameras).Connected);
    }

    [Fact]
    public async Task PulledCable_IsFoundOutByTheServer()
    {
        await using var secure = await SecureServer.StartAsync(("Mars:Streams:KeepAliveSeconds", "1"));
        await using var cable = new CuttingProxy(new Uri(secure.Server.Address));
        using var channel = GrpcChannel.ForAddress(cable.Address);
        using var camera = new TestCamera(new ActionRecognition.ActionRecognitionClient(channel), TestCamera.EveryWindow("a"));
        await camera.WaitForAsync(r => r.Opened is not null);
        cable.GoSilent();

        for (var i = 0; i < 400; i++)
        {
            if (!(await secure.Client().ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation)).Cameras.Single().Connected)
                return;
            await Task.Delay(50, Cancellation);
        }
        Assert.Fail("the camera still counts as connected after 20 s");
    }

    [Fact]
    public async Task Streams_ThatTheirClientsReset_AreNoErrorsInTheLog()
    {
        await using var secure = await SecureServer.StartAsync();
        var cameras = Enumerable.Range(0, 200).Select(i => new TestCamera(secure.Server, TestCamera.EveryWindow($"c{i}"))).ToList();
        foreach (var camera in cameras)
            await camera.WaitForAsync(r => r.Opened is not null);
        Parallel.ForEach(cameras, camera => camera.Dispose());
        var metrics = await Scrape.UntilAsync(secure.Server, s => Cancelled(s) == cameras.Count);
        Assert.Equal(cameras.Count, Cancelled(metrics));
        Assert.DoesNotContain(secure.Log.All, line => line.Contains("Error when executing", StringComparison.Ordinal));

        static double Cancelled(Scrape scrape) => scrape.Value("rpc_server_call_duration_seconds_count", "RecognizeStream", "rpc_response_status_code=\"CANCELLED\"");
    }

    [Fact]
    public async Task Connections_BeyondTheLimit_AreClosedAtOnce()
    {
        await using var secure = await SecureServer.StartAsync(("Mars:Streams:MaxConnections", "4"));
        var address = new Uri(secure.Server.Address);
        var open = new List<TcpClient>();
        for (var i = 0; i < 8; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, Cancellation);
            open.Add(client);
        }
        // Which four is the server's affair: it begins with connections on whatever thread is free.
        var ends = open.ConvertAll(EndAsync);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        var closed = 0;
        await foreach (var end in Task.WhenEach(ends).WithCancellation(limit.Token))
        {
            await end;
            if (++closed == 4)
                break;
        }
        Assert.Equal(4, ends.Count(e => e.IsCompleted));
        open.ForEach(c => c.Dispose());
        await RoleTests.RecognizeAsync(secure.Client());

        static async Task EndAsync(TcpClient client)
        {
            try
            {
                Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Cancellation));
            }
            catch (IOException)
            {
                // Closed too.
            }
        }
    }

    [Theory]
    [InlineData("evil.example", null, HttpStatusCode.Unauthorized)]
    [InlineData("localhost:80", null, HttpStatusCode.OK)]
    [InlineData("evil.example", "true", HttpStatusCode.OK)]
    public async Task WebPageElsewhere_ThatPointsItsNameHere_IsRefused(string host, string? anonymous, HttpStatusCode expected)
    {
        await using var secure = await SecureServer.StartAsync([("Mars:Security:Metrics", "Viewer"), .. anonymous is null ? [] : new[] { ("Mars:Security:AllowAnonymous", anonymous) }]);
        using var http = new HttpClient();
        async Task<HttpStatusCode> GetAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(secure.Server.Address + path)) { Headers = { Host = host } };
            using var response = await http.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
        Assert.Equal(expected, await GetAsync("/metrics"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/readyz")); // balancers ask by any name
    }

    [Fact]
    public async Task EndpointWithoutAPolicy_IsClosed()
    {
        var (_, settings) = SecureServer.Caller("guard", CallerRole.Viewer);
        await using var secure = await SecureServer.StartAsync(settings);
        var open = ((Microsoft.AspNetCore.Routing.EndpointDataSource)secure.Server.Services.GetService(typeof(Microsoft.AspNetCore.Routing.EndpointDataSource))!).Endpoints
            .Where(e => e.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null)
            .Select(e => e.DisplayName!)
            .ToArray();
        Assert.NotEmpty(open);
        Assert.All(open, name => Assert.Matches("grpc.health|/livez|/readyz|GRPCInferenceService/Server(Live|Ready)$", name));
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri($"{secure.Server.Address}/nothing"), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }
}
