using Google.Protobuf;
using Grpc.Core;
using Mars.V1;
using OpenCvSharp;

namespace Mars.Server.Tests.Security;

public sealed class DecoderLimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Mars:Streams:MaxDecodeSeconds", "0.001", "s to decode")]
    [InlineData("Mars:Streams:MaxFramePixels", "10000", "320x240: 10000 pixels is the limit")]
    [InlineData("Mars:Streams:MaxVideoSeconds", "1", "is longer than 1 s")]
    public async Task Video_BeyondALimit_IsRefusedInTheMiddle(string key, string value, string expected)
    {
        var file = Path.Combine(Path.GetTempPath(), $"mars-{Guid.NewGuid():N}.avi");
        try
        {
            using (var writer = new VideoWriter(file, VideoCaptureAPIs.FFMPEG, FourCC.MJPG, 25, new Size(320, 240)))
            using (var frame = new Mat(240, 320, MatType.CV_8UC3))
            {
                for (var i = 0; i < 100; i++)
                {
                    Cv2.Randu(frame, Scalar.All(0), Scalar.All(255));
                    writer.Write(frame);
                }
            }
            var video = await File.ReadAllBytesAsync(file, Cancellation);
            await using var secure = await SecureServer.StartAsync((key, value));
            var refused = await RoleTests.RefusedAsync(
                StatusCode.InvalidArgument, () => secure.Client().RecognizeAsync(new RecognizeRequest { Video = ByteString.CopyFrom(video) }, cancellationToken: Cancellation));
            Assert.Contains(expected, refused.Status.Detail, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Message_BeyondTheLimit_IsRefused()
    {
        await using var secure = await SecureServer.StartAsync(("Mars:Streams:MaxMessageBytes", "65536"));
        var request = new RecognizeRequest { Video = ByteString.CopyFrom(new byte[70_000]) };
        await RoleTests.RefusedAsync(StatusCode.ResourceExhausted, () => secure.Client().RecognizeAsync(request, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Picture_BeyondTheLimit_IsANoticeAndTheStreamGoesOn()
    {
        await using var secure = await SecureServer.StartAsync(("Mars:Streams:MaxFramePixels", "10000"));
        using var camera = new TestCamera(secure.Server, TestCamera.EveryWindow("a"));
        using var large = new Mat(200, 200, MatType.CV_8UC3, Scalar.All(90));
        await camera.SendAsync(new Frame { Sequence = 1, Data = ByteString.CopyFrom(large.ToBytes(".png")) });
        await camera.SendAsync(2, 20);
        await camera.FinishAsync();

        Assert.Equal(Notice.Types.Kind.BadFrame, Assert.Single(camera.Notices).Kind);
        Assert.NotEmpty(camera.Predictions);
    }
}
