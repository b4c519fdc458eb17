using Grpc.Core;
using Mars.V1;

namespace Mars.Server.Tests.Services;

public sealed class WatchCamerasTests
{
    [Fact]
    public async Task Watch_OneOfTwoCameras_SeesItsPredictionsStateAndEnd()
    {
        await using var server = await RunningServer.StartAsync();
        using var watch = server.Client.WatchCameras(new WatchCamerasRequest { CameraIds = { "door" }, Predictions = true }, cancellationToken: TestContext.Current.CancellationToken);
        await watch.ResponseHeadersAsync.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        using var yard = new TestCamera(server, TestCamera.EveryWindow("yard"));
        using var door = new TestCamera(server, TestCamera.EveryWindow("door"));
        await yard.SendAsync(1, 24);
        await door.SendAsync(1, 24);
        await yard.FinishAsync();
        await door.FinishAsync();

        var updates = new List<CameraUpdate>();
        await foreach (var update in watch.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            updates.Add(update);
            if (update.State is { Connected: false })
                break;
        }
        Assert.All(updates, u => Assert.Equal("door", u.CameraId));
        Assert.Equal([16ul, 20ul, 24ul], updates.Where(u => u.Prediction is not null).Select(u => u.Prediction.LastSequence));
        Assert.Equal((24ul, 3ul, 0ul), (updates[^1].State.FramesReceived, updates[^1].State.WindowsAnswered, updates[^1].State.FramesRejected));
    }

    [Fact]
    public async Task ListCameras_ConnectedAndGone_BothAreThere()
    {
        await using var server = await RunningServer.StartAsync();
        using var gone = new TestCamera(server, TestCamera.EveryWindow("gone"));
        await gone.SendAsync(1, 3);
        await gone.FinishAsync();
        using var here = new TestCamera(server, TestCamera.EveryWindow("here"));
        await here.WaitForAsync(r => r.Opened is not null);
        var cameras = (await server.Client.ListCamerasAsync(new ListCamerasRequest(), cancellationToken: TestContext.Current.CancellationToken)).Cameras;
        Assert.Equal([("gone", false, 3ul), ("here", true, 0ul)], cameras.Select(c => (c.CameraId, c.Connected, c.FramesReceived)));
    }
}
