using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mars.Inference.Serving;
using Mars.Server.Streams;
using Mars.V1;
using Microsoft.Extensions.DependencyInjection;
using OpenCvSharp;

namespace Mars.Server.Tests.Streams;

public sealed class FrameIntakeTests
{
    // The message is all that a frame may cost the garbage collector: a server of hundreds of cameras takes thousands of frames a second.
    [Theory]
    [InlineData(320, 240)]
    [InlineData(1920, 1080)]
    public async Task Accept_FramesInSteadyState_AllocatesNothing(int width, int height)
    {
        await using var server = await RunningServer.StartAsync();
        var services = server.Services.GetRequiredService<StreamServices>();
        var model = server.Services.GetRequiredService<ModelCatalog>().Default!;
        var settings = new StreamSettings { CameraId = "a", Model = model, Stride = 4, EveryWindow = false, TopK = 5 };
        var consumer = new CountingConsumer();
        var intake = new FrameIntake(settings, services, new CameraStatus("a", model.Package.ToRef(), TimeProvider.System), consumer);
        using var picture = new Mat(height, width, MatType.CV_8UC3, Scalar.All(80));
        var data = ByteString.CopyFrom(picture.ImEncode(".jpg"));
        var start = DateTimeOffset.UnixEpoch;
        Frame[] frames = [.. Enumerable.Range(0, 200).Select(i => new Frame
        {
            Sequence = (ulong)i + 1,
            CaptureTime = Timestamp.FromDateTimeOffset(start.AddMilliseconds(40 * i)),
            Data = data,
        })];
        for (var i = 0; i < 100; i++)
            Accept(frames[i]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 100; i < frames.Length; i++)
            Accept(frames[i]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 99); // of 100 frames: the runtime may need something once
        Assert.Equal((0, 47), (consumer.Notices, consumer.Windows));

        void Accept(Frame frame)
        {
            var accepted = intake.AcceptAsync(frame, 0, CancellationToken.None);
            Assert.True(accepted.IsCompletedSuccessfully);
        }
    }

    private sealed class CountingConsumer : IWindowConsumer
    {
        public int Notices { get; private set; }

        public int Windows { get; private set; }

        public int StrideFactor => 1;

        public ValueTask EnqueueAsync(Inference.Windowing.Window window, CancellationToken cancellation)
        {
            Windows++;
            return ValueTask.CompletedTask;
        }

        public ValueTask WhenTakenAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public void Late(ulong sequence) => throw new InvalidOperationException();

        public void Tell(Notice notice) => Notices++;
    }
}
