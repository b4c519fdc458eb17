using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mars.V1;
using OpenCvSharp;

namespace Mars.Server.Tests.Streams;

public sealed class BadInputTests
{
    public static TheoryData<string> Faults { get; } =
        ["corrupt jpeg", "truncated jpeg", "1x1", "20000x20000", "wrong raw size", "no data", "text", "sequence back", "time out of range", "a little late"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task BadFrame_IsNoticed_AndTheStreamAndTheOtherCameraGoOn(string fault)
    {
        await using var server = await RunningServer.StartAsync();
        using var other = new TestCamera(server, TestCamera.EveryWindow("other"));
        using var camera = new TestCamera(server, TestCamera.EveryWindow("bad"));
        await other.SendAsync(1, 16);
        await camera.SendAsync(1, 20);
        await camera.SendAsync(Bad(fault));
        await camera.SendAsync(22, 20);
        await other.SendAsync(17, 20);
        await camera.FinishAsync();
        await other.FinishAsync();

        var notice = Assert.Single(camera.Notices);
        Assert.Equal(Notice.Types.Kind.BadFrame, notice.Kind);
        Assert.NotEmpty(notice.Detail);
        Assert.Equal(Bad(fault).Sequence, notice.FirstSequence);
        // The bad frame's tick is filled by its neighbour: no window is lost.
        Assert.Equal(((41 - 16) / 4) + 1, camera.Predictions.Count());
        Assert.Empty(other.Notices);
        Assert.Equal(((36 - 16) / 4) + 1, other.Predictions.Count());
    }

    [Fact]
    public async Task CaptureTime_ThatJumpsAnHour_EmptiesTheWindowAndSaysSo()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        await camera.SendAsync(1, 20);
        for (var i = 21; i <= 40; i++)
            await camera.SendAsync(TestCamera.Frame(i, (i / 25.0) + 3600));
        for (var i = 41; i <= 60; i++)
            await camera.SendAsync(TestCamera.Frame(i, i / 25.0)); // and back again
        await camera.FinishAsync();
        Assert.Equal([Notice.Types.Kind.Gap, Notice.Types.Kind.Gap], camera.Notices.Select(n => n.Kind));
        Assert.Equal([16ul, 20ul, 36ul, 40ul, 56ul, 60ul], camera.Predictions.Select(p => p.LastSequence)); // no window spans a jump
    }

    [Fact]
    public async Task HundredMegabytesInOneMessage_ResourceExhausted_AndTheOtherCameraGoesOn()
    {
        await using var server = await RunningServer.StartAsync();
        using var other = new TestCamera(server, TestCamera.EveryWindow("other"));
        await other.SendAsync(1, 16);
        using var camera = new TestCamera(server, TestCamera.EveryWindow("huge"));
        await camera.WaitForAsync(r => r.Opened is not null);
        try
        {
            await camera.SendAsync(new Frame { Sequence = 1, Data = UnsafeByteOperations.UnsafeWrap(new byte[100 << 20]) });
        }
        catch (Exception error) when (error is RpcException or IOException)
        {
            // The server may refuse it, and close its connection, before all of it has left.
        }
        Assert.Equal(StatusCode.ResourceExhausted, (await camera.FailureAsync()).StatusCode);
        await other.SendAsync(17, 4);
        await other.FinishAsync();
        Assert.Equal(2, other.Predictions.Count());
    }

    [Fact]
    public async Task ThousandsOfBadFrames_MemoryStaysFlat()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        var bad = Faults.Where(f => f.Data is not ("sequence back" or "time out of range" or "a little late")).Select(f => Bad(f.Data)).ToArray();
        var sequence = 100u;
        async Task Send(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var frame = bad[i % bad.Length].Clone();
                frame.Sequence = ++sequence;
                frame.CaptureTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(20000).AddSeconds(sequence / 25.0));
                await camera.SendAsync(frame);
            }
        }
        // Twice the same work: the first time heaps and pools grow to what it needs, the second time nothing may be added. (This process holds the camera's garbage too.)
        await Send(5000);
        await camera.WaitForAsync(_ => camera.Notices.Any(n => n.LastSequence >= 5000));
        _ = GC.GetTotalMemory(forceFullCollection: true);
        var before = Environment.WorkingSet;
        await Send(5000);
        await camera.FinishAsync();
        _ = GC.GetTotalMemory(forceFullCollection: true);
        var grown = (Environment.WorkingSet - before) >> 20;
        Assert.InRange(grown, -1000, 64); // MiB; each frame kept would be 57 KB and 5000 of them 270 MiB
    }

    private static Frame Bad(string fault)
    {
        var frame = TestCamera.Frame(21);
        frame.Format = PixelFormat.Unspecified;
        switch (fault)
        {
            case "corrupt jpeg":
                var jpeg = Picture(".jpg");
                new Random(7).NextBytes(jpeg.AsSpan(2, 600)); // tables and headers
                frame.Data = ByteString.CopyFrom(jpeg);
                break;
            case "truncated jpeg":
                frame.Data = ByteString.CopyFrom(Picture(".jpg").AsSpan(0, 20_000));
                break;
            case "1x1":
                frame.Data = ByteString.CopyFrom(new Mat(1, 1, MatType.CV_8UC3).ImEncode(".png"));
                break;
            case "20000x20000":
                var png = Picture(".png");
                BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 20000);
                BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 20000);
                frame.Data = ByteString.CopyFrom(png);
                break;
            case "wrong raw size":
                frame.Format = PixelFormat.Rgb24;
                frame.Width = 65;
                break;
            case "no data":
                frame.Data = ByteString.Empty;
                break;
            case "text":
                frame.Data = ByteString.CopyFromUtf8("GET / HTTP/1.1");
                break;
            case "sequence back":
                frame = TestCamera.Frame(3);
                break;
            case "time out of range":
                frame = TestCamera.Frame(21);
                frame.CaptureTime = new Timestamp { Seconds = long.MaxValue, Nanos = -5 };
                break;
            case "a little late":
                frame = TestCamera.Frame(21, 10 / 25.0);
                break;
        }
        return frame;
    }

    private static byte[] Picture(string format)
    {
        using var picture = new Mat(160, 200, MatType.CV_8UC3);
        Cv2.Randu(picture, Scalar.All(0), Scalar.All(255));
        return picture.ImEncode(format);
    }
}
