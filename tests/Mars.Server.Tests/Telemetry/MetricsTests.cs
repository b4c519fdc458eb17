using System.Text.RegularExpressions;
using Grpc.Core;
using Mars.Client.Tests.Support;
using Mars.V1;

namespace Mars.Server.Tests.Telemetry;

public sealed partial class MetricsTests : IDisposable
{
    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;

    public MetricsTests() => TinyModel.Write(_models);

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Fact]
    public async Task Metrics_AfterAStream_TellEachStageOfItsWay()
    {
        await using var server = await StartAsync();
        using var camera = new TestCamera(server, new OpenStream { CameraId = "a", Stride = 4, Mode = DeliveryMode.EveryWindow, Events = new EventOptions { EnterScore = 0.01 } });
        await camera.SendAsync(1, 20);
        await camera.WaitForAsync(r => r.Prediction?.LastSequence == 20);
        var open = await Scrape.UntilAsync(server, s => s.Value("mars_received_to_decision_seconds_count") == 2);
        Assert.Equal(1, open.Value("mars_cameras_connected"));
        Assert.Equal(0, open.Value("mars_cameras_silent"));
        await camera.SendAsync(new Frame { Sequence = 21 });
        await camera.FinishAsync();
        var metrics = await Scrape.UntilAsync(server, s => s.Value("mars_cameras_connected") == 0 && s.Value("rpc_server_call_duration_seconds_count", "RecognizeStream") == 1);
        Assert.Equal(20, metrics.Value("mars_decode_seconds_count"));
        Assert.Equal(20, metrics.Value("mars_preprocess_seconds_count"));
        Assert.Equal(1, metrics.Value("mars_frames_rejected_total", "reason=\"empty\""));
        Assert.Equal(0, metrics.Value("mars_frames_rejected_total", "reason=\"corrupt\""));
        Assert.Equal(2, metrics.Value("mars_windows_total", "model=\"colour/1\"", "outcome=\"answered\""));
        Assert.Equal(0, metrics.Value("mars_windows_total", "model=\"colour/1\"", "outcome=\"failed\""));
        Assert.Equal(2, metrics.Value("mars_queue_seconds_count", "model=\"colour/1\""));
        Assert.InRange(metrics.Value("mars_inference_seconds_count", "model=\"colour/1\"", "precision=\"fp32\"", "provider=\"cpu\""), 1, 2);
        Assert.Equal(2, metrics.Value("mars_batch_size_sum", "model=\"colour/1\""));
        Assert.Equal(0, metrics.Value("mars_pending_windows", "model=\"colour/1\""));
        Assert.Equal(0, metrics.Value("mars_degradation_step", "model=\"colour/1\""));
        Assert.InRange(metrics.Value("mars_capacity_left", "model=\"colour/1\""), 0.5, 1);
        Assert.InRange(metrics.Value("mars_events_total", "phase=\"started\""), 1, 3);
        Assert.Equal(metrics.Value("mars_events_total", "phase=\"started\""), metrics.Value("mars_events_total", "phase=\"ended\""));
        Assert.Equal(1, metrics.Value("mars_model_loads_total", "outcome=\"loaded\""));
        Assert.Equal(0, metrics.Value("mars_model_loads_total", "outcome=\"refused\""));
        Assert.Equal(1, metrics.Value("mars_model_load_seconds_count", "model=\"colour/1\""));
        Assert.Equal(1, metrics.Value("rpc_server_call_duration_seconds_count", "rpc_system_name=\"grpc\"", "rpc_method=\"mars.v1.ActionRecognition/RecognizeStream\"", "rpc_response_status_code=\"OK\""));
        Assert.True(metrics.Value("dotnet_process_cpu_time_seconds_total") > 0);
        Assert.True(metrics.Value("dotnet_process_memory_working_set_bytes") > 0);
        Assert.False(double.IsNaN(metrics.Value("dotnet_gc_pause_time_seconds_total")));
    }

    [Fact]
    public async Task Metrics_EachInstrument_HasAtMostThreeTagsAndOurBuckets()
    {
        await using var server = await StartAsync(("Mars:Telemetry:CameraTags", "5"));
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        await camera.SendAsync(1, 20);
        await camera.FinishAsync();
        var metrics = await Scrape.UntilAsync(server, s => s.Value("rpc_server_call_duration_seconds_count", "RecognizeStream") == 1);
        // Of the exporter, and not of the instrument.
        string[] added = ["otel_scope_name", "otel_scope_version", "le"];
        foreach (var line in metrics.Text.Split('\n').Where(l => l.StartsWith("mars_", StringComparison.Ordinal) || l.StartsWith("rpc_", StringComparison.Ordinal)))
            Assert.True(Label().Matches(line).Select(m => m.Groups[1].Value).Except(added).Count() <= 3, line);
        var bounds = Edges(metrics, "mars_received_to_decision_seconds_bucket");
        Assert.Equal(("0.001", "10"), (bounds[0], bounds[^2]));
        bounds = Edges(metrics, "rpc_server_call_duration_seconds_bucket");
        Assert.Equal(("0.005", "10"), (bounds[0], bounds[^2]));
    }

    [Fact]
    public async Task CameraTags_MoreCamerasThanTheCap_ShareOther()
    {
        await using var server = await StartAsync(("Mars:Telemetry:CameraTags", "2"));
        for (var i = 0; i < 4; i++)
        {
            using var camera = new TestCamera(server, TestCamera.EveryWindow($"c{i}"));
            await camera.SendAsync(1, 16);
            await camera.FinishAsync();
        }
        var metrics = await Scrape.UntilAsync(server, s => s.Value("mars_received_to_decision_seconds_count") == 4);
        Assert.Equal((16.0, 16.0, 32.0), (Received("c0"), Received("c1"), Received("other")));
        Assert.True(double.IsNaN(Received("c2")));
        Assert.Equal(2, metrics.Value("mars_received_to_decision_seconds_count", "camera=\"other\""));

        double Received(string camera) => metrics.Value("mars_frames_received_total", $"camera=\"{camera}\"");
    }

    [Fact]
    public async Task CameraTags_ByDefault_NoCameraIsInAnyTag()
    {
        await using var server = await StartAsync();
        using var camera = new TestCamera(server, TestCamera.EveryWindow("front-door"));
        await camera.SendAsync(1, 16);
        await camera.FinishAsync();
        var metrics = await Scrape.UntilAsync(server, s => s.Value("mars_received_to_decision_seconds_count") == 1);
        Assert.Equal(1, metrics.Value("mars_received_to_decision_seconds_count"));
        Assert.DoesNotContain("front-door", metrics.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_ThatFail_AreTimedUnderTheirStatus()
    {
        await using var server = await StartAsync();
        await Assert.ThrowsAsync<RpcException>(async () => await server.Client.RecognizeAsync(new RecognizeRequest { Model = "nobody" }, cancellationToken: TestContext.Current.CancellationToken));
        using var stream = new TestCamera(server, new OpenStream { CameraId = "" });
        await stream.FailureAsync();
        var metrics = await Scrape.UntilAsync(server, s => Calls(s, "INVALID_ARGUMENT") == 1);
        Assert.Equal((1.0, 1.0), (Calls(metrics, "NOT_FOUND"), Calls(metrics, "INVALID_ARGUMENT")));

        static double Calls(Scrape scrape, string status) => scrape.Value("rpc_server_call_duration_seconds_count", $"rpc_response_status_code=\"{status}\"");
    }

    [Fact]
    public async Task Cameras_ConnectedWithoutAFrame_AreSilent()
    {
        await using var server = await StartAsync(("Mars:Telemetry:SilentSeconds", "1"));
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        await camera.WaitForAsync(r => r.Opened is not null);
        var metrics = await Scrape.UntilAsync(server, s => s.Value("mars_cameras_silent") == 1);
        Assert.Equal((1.0, 1.0), (metrics.Value("mars_cameras_connected"), metrics.Value("mars_cameras_silent")));
    }

    [Fact]
    public async Task Telemetry_SwitchedOff_NoMetrics()
    {
        await using var server = await StartAsync(("Mars:Telemetry:Enabled", "false"));
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri($"{server.Address}/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
    }

    private static string[] Edges(Scrape scrape, string name) =>
        [.. scrape.Lines(name).Select(l => Edge().Match(l).Groups[1].Value).Distinct()];

    private Task<RunningServer> StartAsync(params (string, string)[] settings) => RunningServer.StartAsync([("Mars:Models:Folder", _models), .. settings]);

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();

    [GeneratedRegex("le=\"([^\"]+)\"")]
    private static partial Regex Edge();
}
