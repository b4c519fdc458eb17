using System.Globalization;
using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Mars.V1;

namespace Mars.Server.Tests.Hosting;

public sealed class ServerHttpTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task OnePort_SpeaksBoth(string version)
    {
        await using var server = await RunningServer.StartAsync();
        using var http = new HttpClient { DefaultRequestVersion = new Version(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        foreach (var path in (string[])["/livez", "/readyz", "/metrics"])
        {
            using var response = await http.GetAsync(new Uri(server.Address + path), TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, new Version(version)), (response.StatusCode, response.Version));
        }
    }

    [Fact]
    public async Task Metrics_AfterAStream_CountFramesAndWindowsAndTimeThem()
    {
        await using var server = await RunningServer.StartAsync();
        using var http = new HttpClient();
        async Task<string> Scrape() => await http.GetStringAsync(new Uri($"{server.Address}/metrics"), TestContext.Current.CancellationToken);
        var before = await Scrape(); // the servers of other tests count in the same process
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        await camera.SendAsync(1, 20);
        await camera.SendAsync(TestCamera.Frame(5));
        await camera.FinishAsync();
        await Task.Delay(TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken); // a scrape is remembered for 0.3 s
        var after = await Scrape();
        double Counted(string name, string label = "") => Value(after, name, label) - Value(before, name, label);
        Assert.Equal(2, Counted("mars_windows_total", "outcome=\"answered\""));
        Assert.Equal(21, Counted("mars_frames_received_total"));
        Assert.Equal(1, Counted("mars_frames_rejected_total", "reason=\"out_of_order\""));
        Assert.Equal(2, Counted("mars_received_to_decision_seconds_count"));
        Assert.Contains("le=\"0.025\"", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_WhileReady_Serving()
    {
        await using var server = await RunningServer.StartAsync();
        var health = new Grpc.Health.V1.Health.HealthClient(server.Channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest(), cancellationToken: TestContext.Current.CancellationToken)).Status);
        var named = new HealthCheckRequest { Service = "mars.v1.ActionRecognition" };
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(named, cancellationToken: TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task HealthWatch_FromStartToStop_NotServingServingNotServing()
    {
        var server = await RunningServer.StartUnreadyAsync();
        await using (server)
        {
            using var watch = new Grpc.Health.V1.Health.HealthClient(server.Channel).Watch(new HealthCheckRequest(), cancellationToken: TestContext.Current.CancellationToken);
            var seen = new List<HealthCheckResponse.Types.ServingStatus>();
            var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                await foreach (var response in watch.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
                {
                    seen.Add(response.Status);
                    if (response.Status == HealthCheckResponse.Types.ServingStatus.Serving)
                        _ = server.StopAsync();
                }
            });
            Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
            Assert.Contains(HealthCheckResponse.Types.ServingStatus.Serving, seen);
        }
    }

    [Fact]
    public async Task BeforeTheWarmUp_UnavailableAndNotReady()
    {
        var empty = Directory.CreateTempSubdirectory("mars-empty-").FullName;
        await using var server = await RunningServer.StartUnreadyAsync(("Mars:Models:Folder", empty));
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task Reflection_ListsTheService()
    {
        await using var server = await RunningServer.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo(cancellationToken: TestContext.Current.CancellationToken);
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, TestContext.Current.CancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Contains(call.ResponseStream.Current.ListServicesResponse.Service, s => s.Name == "mars.v1.ActionRecognition");
    }

    // Prometheus' text format: name{labels} value, with a timestamp or without.
    private static double Value(string metrics, string name, string label) => metrics.Split('\n')
        .Where(l => l.StartsWith(name + "{", StringComparison.Ordinal) && l.Contains(label, StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf('}') + 1)..].TrimStart().Split(' ')[0], CultureInfo.InvariantCulture));
}
