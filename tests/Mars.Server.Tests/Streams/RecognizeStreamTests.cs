using Grpc.Core;
using Mars.Inference.Frames;
using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.V1;

namespace Mars.Server.Tests.Streams;

public sealed class RecognizeStreamTests
{
    [Theory]
    [InlineData(100, 4, 1)]
    [InlineData(100, 4, 8)]
    [InlineData(61, 1, 4)]
    [InlineData(15, 1, 4)]
    [InlineData(100, 30, 4)]
    public async Task EveryWindow_NFrames_EveryWindowInOrder(int frames, int stride, int maxBatch)
    {
        await using var server = await RunningServer.StartAsync(("Mars:Models:MaxBatch", $"{maxBatch}"));
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a", (uint)stride));
        await camera.SendAsync(1, frames);
        await camera.FinishAsync();
        var last = camera.Predictions.Select(p => p.LastSequence).ToArray();
        var windows = frames < 16 ? 0 : ((frames - 16) / stride) + 1;
        Assert.Equal(Enumerable.Range(0, windows).Select(i => (ulong)(16 + (i * stride))), last);
        Assert.All(camera.Predictions, p => Assert.Equal(p.LastSequence - 15, p.FirstSequence));
        Assert.Empty(camera.Notices);
    }

    [Fact]
    public async Task Prediction_OfAWindow_IsTheNetworksAnswerOnThoseFrames()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server, new OpenStream { CameraId = "a", Stride = 1, Mode = DeliveryMode.EveryWindow, TopK = 3 });
        await camera.SendAsync(1, 20);
        await camera.FinishAsync();

        var package = ModelRepository.Read(RunningServer.Models, out _).Single(p => p.Manifest.Name == camera.Replies[0].Opened.Model.Name);
        var size = package.Manifest.Size;
        using var session = OrtClipSession.Load(package.Graph, 16, size, new SessionSettings { MaxBatch = 1 });
        var decoder = new FrameDecoder(new FrameLimits(), size);
        foreach (var prediction in camera.Predictions)
        {
            for (var i = 0; i < 16; i++)
                decoder.Decode(TestCamera.Frame((int)prediction.FirstSequence + i).Data.Span, PixelLayout.Rgb24, 64, 48, session.Input(0).Slice(i * size * size * 3, size * size * 3));
            session.Run(1);
            var logits = session.Logits(0).ToArray();
            Assert.Equal(Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).Take(3), prediction.Actions.Select(a => (int)a.Index));
            Assert.All(prediction.Actions, a => Assert.Equal(logits[a.Index], a.Logit, 1e-3));
            Assert.All(prediction.Actions, a => Assert.Equal(package.Labels[(int)a.Index], a.Label));
        }
    }

    [Fact]
    public async Task Opened_Defaults_AreTold()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server, new OpenStream { CameraId = "a" });
        var opened = (await camera.WaitForAsync(r => r.Opened is not null)).Opened;
        Assert.Equal((16u, 4u, 25.0), (opened.ClipLength, opened.Stride, opened.FrameRate));
    }

    [Fact]
    public async Task FirstMessage_ThatOpensNothing_InvalidArgument()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server);
        await camera.SendAsync(TestCamera.Frame(1));
        Assert.Equal(StatusCode.InvalidArgument, (await camera.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task Open_SeveralFaults_AllAreNamed()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server, new OpenStream { Stride = 1000, MinScore = 2, Events = new EventOptions { EnterScore = 0.3, ExitScore = 0.5 } });
        var failure = await camera.FailureAsync();
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        var fields = failure.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field);
        Assert.Equal(["open.camera_id", "open.stride", "open.min_score", "open.events.exit_score"], fields);
    }

    [Fact]
    public async Task Open_UnknownModel_NotFoundAndTheNamesThereAre()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server, new OpenStream { CameraId = "a", Model = "no-such" });
        var failure = await camera.FailureAsync();
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        Assert.Contains((await server.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: TestContext.Current.CancellationToken)).Models[0].Model.Name, failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CameraOpenedTwice_TheNewerConnectionTakesOver()
    {
        await using var server = await RunningServer.StartAsync();
        using var old = new TestCamera(server, TestCamera.EveryWindow("door"));
        await old.SendAsync(1, 20);
        await old.WaitForAsync(r => r.Prediction is not null);
        using var young = new TestCamera(server, TestCamera.EveryWindow("door"));
        Assert.Equal(StatusCode.Aborted, (await old.FailureAsync()).StatusCode);
        await young.SendAsync(1, 16);
        await young.FinishAsync();
        Assert.Single(young.Predictions);
    }

    [Fact]
    public async Task Resume_AfterAnAnswer_GoesOnWithTheNextWindow()
    {
        await using var server = await RunningServer.StartAsync();
        var open = TestCamera.EveryWindow("a");
        open.ResumeAfter = 32;
        using var camera = new TestCamera(server, open);
        await camera.SendAsync(18, 43);
        await camera.FinishAsync();
        Assert.Equal([36ul, 40ul, 44ul, 48ul, 52ul, 56ul, 60ul], camera.Predictions.Select(p => p.LastSequence));
    }

    [Fact]
    public async Task Server_ThatIsFull_ResourceExhaustedWithARetryTime()
    {
        await using var server = await RunningServer.StartAsync(("Mars:Streams:MaxCameras", "1"));
        using var first = new TestCamera(server, new OpenStream { CameraId = "a" });
        await first.WaitForAsync(r => r.Opened is not null);
        using var second = new TestCamera(server, new OpenStream { CameraId = "b" });
        var failure = await second.FailureAsync();
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.NotNull(failure.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>());
    }

    [Fact]
    public async Task Stop_WithAnOpenStream_AnswersWhatIsUnderWayAndSaysSo()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        await camera.SendAsync(1, 16);
        await camera.WaitForAsync(r => r.Prediction is not null);
        var stopping = server.StopAsync();
        var failure = await camera.FailureAsync();
        Assert.True(failure.StatusCode == StatusCode.Unavailable, failure.ToString());
        Assert.Contains(camera.Notices, n => n.Kind == Notice.Types.Kind.Draining);
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }
}
