using Google.Protobuf;
using Grpc.Core;
using Mars.TestSupport;
using Mars.V1;

namespace Mars.Server.Tests.Services;

public sealed class RecognizeTests
{
    [Fact]
    public async Task Frames_ThreeClipsAndARest_MeanOfTheLogits()
    {
        await using var server = await RunningServer.StartAsync();
        var request = new RecognizeRequest { Frames = new FrameSequence(), TopK = 100 };
        request.Frames.Frames.AddRange(Enumerable.Range(1, 55).Select(i => TestCamera.Frame(i)));
        var response = await server.Client.RecognizeAsync(request, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([16ul, 32ul, 48ul], response.Clips.Select(c => c.LastSequence));
        foreach (var action in response.Actions)
            Assert.Equal(response.Clips.Average(c => c.Actions.Single(a => a.Index == action.Index).Logit), action.Logit, 1e-4);
        Assert.Equal(1, response.Actions.Sum(a => a.Score), 1e-4);
    }

    [Fact]
    public async Task Frames_FewerThanAClip_Loop()
    {
        await using var server = await RunningServer.StartAsync();
        var request = new RecognizeRequest { Frames = new FrameSequence { FrameRate = 25 } };
        request.Frames.Frames.AddRange(Enumerable.Range(1, 5).Select(i => TestCamera.Frame(i)));
        var clip = Assert.Single((await server.Client.RecognizeAsync(request, cancellationToken: TestContext.Current.CancellationToken)).Clips);
        Assert.Equal((1ul, 1ul), (clip.FirstSequence, clip.LastSequence)); // 1 2 3 4 5 1 2 ... 5 1
    }

    [Fact]
    public async Task Frames_OneThatIsBad_InvalidArgumentNamesIt()
    {
        await using var server = await RunningServer.StartAsync();
        var request = new RecognizeRequest { Frames = new FrameSequence() };
        request.Frames.Frames.AddRange(Enumerable.Range(1, 20).Select(i => TestCamera.Frame(i)));
        request.Frames.Frames[7].Data = ByteString.CopyFromUtf8("nothing");
        var failure = await FailureAsync(server, request);
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Contains("frames.frames[7]", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kinetics_arm_wrestling_28fps.mp4")]
    [InlineData("ucf11_basketball_shooting.mpg")]
    [InlineData("something_putting_12fps.webm")]
    [InlineData("kinetics_flipping_pancake.mkv")]
    [InlineData("ur_fall_15fps.avi")]
    public async Task Video_OfARealContainer_GivesItsClips(string name)
    {
        var video = await File.ReadAllBytesAsync(SharedData.Video($"clips/{name}"), TestContext.Current.CancellationToken);
        await using var server = await RunningServer.StartAsync();
        var response = await server.Client.RecognizeAsync(new RecognizeRequest { Video = ByteString.CopyFrom(video) }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEmpty(response.Clips);
        Assert.Equal(5, response.Actions.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public async Task Video_ThatIsNone_InvalidArgument(int bytes)
    {
        await using var server = await RunningServer.StartAsync();
        var noise = new byte[bytes];
        new Random(8).NextBytes(noise);
        Assert.Equal(StatusCode.InvalidArgument, (await FailureAsync(server, new RecognizeRequest { Video = ByteString.CopyFrom(noise) })).StatusCode);
    }

    [Fact]
    public async Task NoInput_InvalidArgument()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal(StatusCode.InvalidArgument, (await FailureAsync(server, new RecognizeRequest())).StatusCode);
    }

    private static async Task<RpcException> FailureAsync(RunningServer server, RecognizeRequest request) =>
        await Assert.ThrowsAsync<RpcException>(async () => await server.Client.RecognizeAsync(request, cancellationToken: TestContext.Current.CancellationToken));
}
