using Grpc.Core;
using Mars.Client.Tests.Support;
using Mars.Inference.Batching;
using Mars.Inference.Serving;
using Mars.V1;
using Microsoft.Extensions.DependencyInjection;

namespace Mars.Server.Tests.Streams;

/// <summary>More cameras than the model can answer.</summary>
public sealed class OverloadTests : IDisposable
{
    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Fact]
    public async Task Ladder_UpAndDown_StridesNoticesMetricAndRefusal()
    {
        TinyModel.Write(_models);
        await using var server = await StartAsync(("Mars:Streams:MaxDegradation", "5"));
        var ladder = server.Services.GetRequiredService<ModelCatalog>().Default!.Scheduler.Ladder;
        using var camera = new TestCamera(server, new OpenStream { CameraId = "here", Stride = 2 });
        var frame = 0;
        async Task SendAsync() => await camera.SendAsync(TestCamera.Frame(++frame));
        await SendAsync();
        for (var i = 0; i < 600 && ladder.Step < DegradationLadder.Refusing; i++)
        {
            for (var n = 0; n < 50; n++)
                ladder.Ended(answered: false); // as of a hundred other cameras
            await SendAsync();
            await Task.Delay(100, Stop);
        }
        await SendAsync();
        await camera.WaitForAsync(r => r.Notice?.Detail == "stride 16 -> 32");
        Assert.Equal(["stride 2 -> 4", "stride 4 -> 8", "stride 8 -> 16", "stride 16 -> 32"], camera.Notices.Where(n => n.Kind == Notice.Types.Kind.Degraded).Select(n => n.Detail));
        Assert.Equal(5, await StepAsync(server));

        using var another = new TestCamera(server, new OpenStream { CameraId = "new" });
        var refused = await another.FailureAsync();
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.True(refused.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>()!.RetryDelay.Seconds > 0);
        using var again = new TestCamera(server, new OpenStream { CameraId = "here" }); // one that was here may come back
        await again.WaitForAsync(r => r.Opened is not null);
        await again.SendAsync(TestCamera.Frame(1));
        await again.WaitForAsync(r => r.Notice?.Detail == "stride 4 -> 64");

        for (var i = 0; i < 600 && ladder.Step >= DegradationLadder.Refusing; i++)
            await Task.Delay(100, Stop);
        using var welcome = new TestCamera(server, new OpenStream { CameraId = "new" });
        await welcome.WaitForAsync(r => r.Opened is not null);
        for (var i = 0; i < 600 && await StepAsync(server) > 1; i++)
            await Task.Delay(100, Stop);
        await again.SendAsync(TestCamera.Frame(2));
        await again.WaitForAsync(r => r.Notice is { Kind: Notice.Types.Kind.Degraded, Detail: "stride 64 -> 8" or "stride 64 -> 4" });
    }

    [Fact]
    public async Task Priorities_InTheConfiguration_ServeThatManyTimesAsOften()
    {
        TinyModel.Write(_models, work: 2500);
        await using var server = await StartAsync(
            ("Mars:Models:MaxBatch", "1"), ("Mars:Models:Threads", "1"), ("Mars:Streams:MaxDegradation", "0"), ("Mars:Streams:LiveDeadlineSeconds", "30"),
            ("Mars:Streams:Priorities:doors:Cameras:0", "door-*"), ("Mars:Streams:Priorities:doors:Weight", "3"));
        var cameras = new[] { "door-1", "yard", "street" }.Select(id => new TestCamera(server, new OpenStream { CameraId = id, Stride = 1 })).ToArray();
        for (var i = 1; i < 4000 && cameras.Sum(c => c.Predictions.Count()) < 100; i++)
        {
            foreach (var camera in cameras)
                await camera.SendAsync(TestCamera.Frame(i));
            await Task.Delay(2, Stop); // far more than the model can answer
        }
        var served = cameras.Select(c => c.Predictions.Count()).ToArray();
        Assert.InRange(served[0] / (double)served[1], 2, 4);
        Assert.InRange(served[2] / (double)served[1], 0.7, 1.4);
        Array.ForEach(cameras, c => c.Dispose());
    }

    [Fact]
    public async Task Deadline_OfAStream_ItsWindowsExpireAndAnothersDoNot()
    {
        TinyModel.Write(_models, work: 2500);
        await using var server = await StartAsync(("Mars:Models:MaxBatch", "1"), ("Mars:Models:Threads", "1"), ("Mars:Streams:MaxDegradation", "0"), ("Mars:Streams:LiveDeadlineSeconds", "60"));
        using var hurried = new TestCamera(server, new OpenStream { CameraId = "hurried", Stride = 1, Deadline = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromMilliseconds(0.01)) });
        using var patient = new TestCamera(server, new OpenStream { CameraId = "patient", Stride = 1 });
        for (var i = 1; i < 2000 && patient.Predictions.Count() < 10; i++)
        {
            await hurried.SendAsync(TestCamera.Frame(i));
            await patient.SendAsync(TestCamera.Frame(i));
            await Task.Delay(2, Stop);
        }
        await hurried.FinishAsync();
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri($"{server.Address}/metrics"), Stop);
        Assert.Contains("outcome=\"expired\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(patient.Notices, n => n.Kind == Notice.Types.Kind.Expired);
    }

    private static async Task<int> StepAsync(RunningServer server)
    {
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri($"{server.Address}/metrics"), Stop);
        var line = metrics.Split('\n').Last(l => l.StartsWith("mars_degradation_step{", StringComparison.Ordinal));
        return int.Parse(line[(line.LastIndexOf('}') + 1)..].TrimStart().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private Task<RunningServer> StartAsync(params (string, string)[] settings) => RunningServer.StartAsync([("Mars:Models:Folder", _models), .. settings]);
}
