using Grpc.Core;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Sdk;

public sealed class MarsClientTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task ListModels_RunningServer_NamesTheModel()
    {
        using var client = new MarsClient(server.Address);

        var model = Assert.Single(await client.ListModelsAsync(Limits.Wait));

        Assert.Equal("colour", model.Model.Name);
        Assert.Equal(TinyModel.Labels, model.Labels);
    }

    [Fact]
    public async Task Recognize_Frames_BestFirst()
    {
        using var client = new MarsClient(server.Address);

        var response = await client.RecognizeAsync(Enumerable.Range(1, 32).Select(i => TestFrames.Make((ulong)i, colour: 2)), cancellationToken: Limits.Wait);

        Assert.Equal("blue", response.Actions[0].Label);
        Assert.Equal(2, response.Clips.Count);
    }

    [Fact]
    public async Task Recognize_Video_BestFirst()
    {
        using var folder = new Temporary();
        var video = TestVideos.Write(folder.Folder, 25, 2, [1]);
        using var client = new MarsClient(server.Address);

        var response = await client.RecognizeAsync(await File.ReadAllBytesAsync(video, Limits.Wait), cancellationToken: Limits.Wait);

        Assert.Equal("green", response.Actions[0].Label);
    }

    [Fact]
    public async Task Recognize_NotAVideo_OneClearError()
    {
        using var client = new MarsClient(server.Address);

        var error = await Assert.ThrowsAsync<MarsException>(() => client.RecognizeAsync(new byte[100], cancellationToken: Limits.Wait));

        Assert.Equal(StatusCode.InvalidArgument, error.Status);
        Assert.Equal("video", Assert.Single(error.Violations).Field);
    }

    [Fact]
    public async Task OpenCamera_ManyFaults_AllViolationsInOneException()
    {
        using var client = new MarsClient(server.Address);

        var error = await Assert.ThrowsAsync<MarsException>(() => client.OpenCameraAsync(new CameraOptions { CameraId = "", Stride = 100_000, MinScore = 2 }, Limits.Wait));

        Assert.Equal(StatusCode.InvalidArgument, error.Status);
        Assert.Equal(["open.camera_id", "open.stride", "open.min_score"], error.Violations.Select(v => v.Field));
    }

    [Fact]
    public async Task OpenCamera_UnknownModel_NotFoundAtOnce()
    {
        using var client = new MarsClient(server.Address);

        var error = await Assert.ThrowsAsync<MarsException>(() => client.OpenCameraAsync(new CameraOptions { CameraId = "x", Model = "nonsense" }, Limits.Wait));

        Assert.Equal(StatusCode.NotFound, error.Status);
        Assert.Contains("nonsense", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenCamera_NoServer_UnavailableAtOnce()
    {
        using var client = new MarsClient(new Uri("http://127.0.0.1:1"));

        var error = await Assert.ThrowsAsync<MarsException>(() => client.OpenCameraAsync(new CameraOptions { CameraId = "x" }, Limits.Wait));

        Assert.Equal(StatusCode.Unavailable, error.Status);
    }

    [Fact]
    public async Task WatchCameras_AnotherCameraStreams_ItsPredictionsCome()
    {
        using var client = new MarsClient(server.Address);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Limits.Wait);
        var watching = Task.Run(async () =>
        {
            await foreach (var update in client.WatchCamerasAsync(["seen"], predictions: true, stop.Token))
            {
                if (update.Prediction is not null)
                    return update;
            }
            return null;
        });
        await using var stream = await client.OpenCameraAsync(CameraStreamTests.EveryWindow("seen", 1), Limits.Wait);
        var reading = CameraStreamTests.CollectAsync(stream);

        for (ulong i = 1; !watching.IsCompleted; i++)
            await stream.SendAsync(TestFrames.Make(i), Limits.Wait);
        await stream.CompleteAsync(Limits.Wait);
        await reading;

        Assert.Equal("seen", (await watching)!.CameraId);
        Assert.Contains(await client.ListCamerasAsync(Limits.Wait), c => c.CameraId == "seen");
    }
}
