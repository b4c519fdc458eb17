using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Mars.Client.Tests.Support;
using Mars.V1;

namespace Mars.Server.Tests.Streams;

/// <summary>Clients that stop reading their answers.</summary>
public sealed class SlowReaderTests : IDisposable
{
    private const int Labels = 3;
    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;
    private readonly byte[] _pixels = new byte[16 * 16 * 3];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Fact]
    public async Task Live_LosesOldPredictions_NeverMemory_AndGoesOnWithTheNewest()
    {
        TinyModel.Write(_models);
        await using var server = await RunningServer.StartAsync(("Mars:Models:Folder", _models), ("Mars:Streams:MaxDegradation", "0"));
        using var channel = Narrow(server);
        using var call = new ActionRecognition.ActionRecognitionClient(channel).RecognizeStream(cancellationToken: Stop);
        // Its own deadline: without, a window that a machine without time lets wait for 40 ms and two runs is lost, and so may be the last one.
        var open = new OpenStream { CameraId = "deaf", Stride = 1, TopK = Labels, Deadline = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)) };
        await call.RequestStream.WriteAsync(new RecognizeStreamRequest { Open = open }, Stop);
        Assert.True(await call.ResponseStream.MoveNext(Stop)); // opened; nothing more is read
        var sent = await SendUntilAsync(server, call, 0, state => state.WindowsDropped > 200);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        sent = await SendUntilAsync(server, call, sent, state => state.WindowsDropped > 3000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, -100_000_000, 4_000_000);

        // A live window that still waits for its run when the camera says that no more come is lost, as it may be: the last one is to have run, on a machine without time too.
        ulong ended = 0;
        for (var still = 0; still < 4; still++)
        {
            await Task.Delay(500, Stop);
            var state = await StateAsync(server);
            if (state.FramesReceived < (ulong)sent || Ended(state) != ended)
                (still, ended) = (-1, Ended(state));
        }
        await call.RequestStream.CompleteAsync();
        var read = new List<((DateTimeOffset Run, ulong Tick) Position, ulong Last)>();
        await foreach (var response in call.ResponseStream.ReadAllAsync(Stop))
        {
            if (response.Prediction is { } prediction)
                read.Add(((prediction.Position.Start.ToDateTimeOffset(), prediction.Position.Tick), prediction.LastSequence));
        }
        // Each window once and in order. Two of them may end with the same frame, where the machine had no time for the next one; where it had none for a second of them, the
        // ticks begin anew with another run.
        Assert.Equal(read.Select(r => r.Position).Order().Distinct(), read.Select(r => r.Position));
        Assert.Equal(read.Select(r => r.Last).Order(), read.Select(r => r.Last));
        Assert.InRange(read.Count, 10, 3000);
        Assert.Equal((ulong)sent, read[^1].Last);
    }

    // Nothing may be lost here, so the camera is held back, and only that camera.
    [Fact]
    public async Task EveryWindow_HoldsTheSenderBack_AndLosesNothing()
    {
        TinyModel.Write(_models);
        await using var server = await RunningServer.StartAsync(("Mars:Models:Folder", _models));
        using var channel = Narrow(server);
        using var call = new ActionRecognition.ActionRecognitionClient(channel).RecognizeStream(cancellationToken: Stop);
        var open = TestCamera.EveryWindow("deaf", stride: 1);
        await call.RequestStream.WriteAsync(new RecognizeStreamRequest { Open = open }, Stop);
        Assert.True(await call.ResponseStream.MoveNext(Stop));
        const int Frames = 3000;
        var sending = Task.Run(async () =>
        {
            for (var i = 1; i <= Frames; i++)
                await call.RequestStream.WriteAsync(new RecognizeStreamRequest { Frame = Frame(i) }, Stop);
            await call.RequestStream.CompleteAsync();
        }, Stop);
        ulong answered, before = 0;
        while ((answered = (await StateAsync(server)).WindowsAnswered) == 0 || answered != before)
        {
            before = answered;
            await Task.Delay(500, Stop);
        }
        Assert.False(sending.IsCompleted, $"{answered} windows were answered to nobody");
        using var other = new TestCamera(server, TestCamera.EveryWindow("other", stride: 1));
        await other.SendAsync(1, 40);
        await other.FinishAsync();
        Assert.Equal(25, other.Predictions.Count());

        var read = new List<ulong>();
        await foreach (var response in call.ResponseStream.ReadAllAsync(Stop))
        {
            if (response.Prediction is { } prediction)
                read.Add(prediction.LastSequence);
        }
        await sending;
        Assert.Equal(Enumerable.Range(16, Frames - 15).Select(i => (ulong)i), read);
    }

    // HTTP/2 flow control lets the server write 64 KB that nobody reads, and no more.
    private static GrpcChannel Narrow(RunningServer server) => GrpcChannel.ForAddress(
        server.Address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 }, DisposeHttpClient = true });

    private async Task<int> SendUntilAsync(RunningServer server, AsyncDuplexStreamingCall<RecognizeStreamRequest, RecognizeStreamResponse> call, int sent, Predicate<CameraState> enough)
    {
        while (!enough(await StateAsync(server)))
        {
            for (var i = 0; i < 50; i++)
            {
                await call.RequestStream.WriteAsync(new RecognizeStreamRequest { Frame = Frame(++sent) }, Stop);
                await Task.Delay(i % 10 == 0 ? 1 : 0, Stop);
            }
        }
        return sent;
    }

    private static async Task<CameraState> StateAsync(RunningServer server) =>
        (await server.Client.ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Stop)).Cameras.Single(c => c.CameraId == "deaf");

    private static ulong Ended(CameraState state) => state.WindowsAnswered + state.WindowsDropped;

    private Frame Frame(int sequence) => new()
    {
        Sequence = (ulong)sequence,
        CaptureTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddSeconds(sequence / 25.0)),
        Data = UnsafeByteOperations.UnsafeWrap(_pixels),
        Format = PixelFormat.Rgb24,
        Width = 16,
        Height = 16,
    };
}
