using System.Diagnostics;
using System.Text.Json;
using Grpc.Core;
using Mars.Client.Tests.Support;
using Mars.Server.Tests.Telemetry;
using Mars.V1;

namespace Mars.Server.Tests.Grafana;

/// <summary>A real Prometheus scrapes a server that is under load, and each expression of the dashboards and the alerts is asked of it.</summary>
public sealed class PrometheusTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Provoked =
    [
        "mars_model_loads_total{outcome=\"refused\"} > 0",
        "mars_windows_total{outcome=\"superseded\"} > 0",
        "mars_frames_rejected_total{reason=\"corrupt\"} > 0 or mars_frames_rejected_total{reason=\"unknown_format\"} > 0",
    ];

    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Theory]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("check", "rules", "alerts.yml")]
    [InlineData("test", "rules", "alerts.test.yml")]
    public async Task Promtool_AcceptsTheFiles(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(PrometheusProcess.Program("promtool"), arguments)
        {
            WorkingDirectory = DeployFiles.Prometheus,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync(Stop);
        var output = await process.StandardOutput.ReadToEndAsync(Stop) + await errors;
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, output);
    }

    [Fact]
    public async Task AlertTests_TestEachAlertBothWays()
    {
        var tests = await File.ReadAllTextAsync(Path.Combine(DeployFiles.Prometheus, "alerts.test.yml"), Stop);
        Assert.All(DeployFiles.Rules(), r =>
        {
            Assert.Contains($"# {r.Alert} fires", tests, StringComparison.Ordinal);
            Assert.Contains($"# {r.Alert} is silent", tests, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Expressions_OfPanelsAndAlerts_ReturnDataFromAServerUnderLoad()
    {
        PrometheusProcess.Program("prometheus");
        TinyModel.Write(_models, work: 400);
        await using var server = await RunningServer.StartAsync(
            ("Mars:Models:Folder", _models), ("Mars:Telemetry:GpuProgram", GpuWatchTests.Script(_models)), ("Mars:Streams:MaxDegradation", "0"));
        await using var prometheus = await PrometheusProcess.StartAsync(new Uri(server.Address).Authority);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        // More windows than the model can run, so that some are replaced, and one camera of whose frames some are bad.
        var load = Task.WhenAll(Enumerable.Range(0, 3).Select(i => StreamAsync(server, $"c{i}", bad: false, enough.Token)).Append(StreamAsync(server, "bad", bad: true, enough.Token)));
        var reloading = RefuseAModelAsync(server, enough.Token);

        var missing = DeployFiles.Dashboards.SelectMany(f => DeployFiles.Expressions(JsonDocument.Parse(File.ReadAllText(f)).RootElement)).ToHashSet();
        Assert.True(missing.Count > 40);
        // An alert's own comparison holds in bad times only: there it is promtool that tests it, here that each metric in it exists.
        missing.UnionWith(DeployFiles.Rules().SelectMany(r => DeployFiles.Metrics(r.Expression).Select(m => (r.Alert, m))));
        missing.UnionWith(Provoked.Select(expression => ("what was provoked", expression)));
        var started = Stopwatch.GetTimestamp();
        while (missing.Count > 0 && Stopwatch.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(500, Stop);
            foreach (var (title, expression) in missing.ToList())
            {
                if (await prometheus.CountAsync(expression) > 0)
                    missing.Remove((title, expression));
            }
        }
        Assert.Empty(missing);
        foreach (var rule in DeployFiles.Rules())
            await prometheus.CountAsync(rule.Expression);
        var rules = (await prometheus.GetAsync("/api/v1/rules")).GetProperty("groups").EnumerateArray().SelectMany(g => g.GetProperty("rules").EnumerateArray()).ToList();
        Assert.Equal(DeployFiles.Rules().Select(r => r.Alert), rules.Select(r => r.GetProperty("name").GetString()));
        Assert.All(rules, r => Assert.Equal("ok", r.GetProperty("health").GetString()));
        await enough.CancelAsync();
        await Task.WhenAll(load, reloading);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task StreamAsync(RunningServer server, string id, bool bad, CancellationToken cancellation)
    {
        try
        {
            using var camera = new TestCamera(server, new OpenStream { CameraId = id, Stride = 1, Events = new EventOptions { EnterScore = 0.01, ExitScore = 0.005 } });
            for (var i = 1; !cancellation.IsCancellationRequested; i++)
            {
                var frame = TestCamera.Frame(i);
                frame.CaptureTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
                if (bad && i % 10 == 0)
                    frame = new Frame { Sequence = (ulong)i, CaptureTime = frame.CaptureTime, Data = Google.Protobuf.ByteString.CopyFromUtf8("not a picture") };
                await camera.SendAsync(frame);
                await Task.Delay(20, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    // Calls that end, one of them in an error, and a package that cannot be used.
    private async Task RefuseAModelAsync(RunningServer server, CancellationToken cancellation)
    {
        File.WriteAllText(Path.Combine(TinyModel.Write(_models, version: "2"), "model.onnx"), "not a graph");
        try
        {
            while (true)
            {
                await new ModelAdmin.ModelAdminClient(server.Channel).ReloadModelsAsync(new ReloadModelsRequest(), cancellationToken: cancellation);
                await server.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: cancellation);
                await Task.Delay(500, cancellation);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // Enough.
        }
    }
}
