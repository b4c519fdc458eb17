using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mars.Client.Sources;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Sources;

public sealed class CameraSourceTests
{
    [Fact]
    public async Task Network_StreamOfPictures_ComesAsLiveFrames()
    {
        SkipWithoutFfmpeg();
        using var folder = new Temporary();
        var video = TestVideos.Write(folder.Folder, 25, 4, [2]);
        var port = FreePort();
        using var camera = Process.Start("ffmpeg", $"-nostdin -loglevel error -re -i {video} -c:v mpeg4 -q:v 3 -f mpegts tcp://127.0.0.1:{port}?listen");
        using var source = await OpenAsync($"tcp://127.0.0.1:{port}");

        var frames = new List<Mars.V1.Frame>();
        await foreach (var frame in new FrameFeed(source, default, paced: true, TimeProvider.System).ReadAsync(Limits.Wait))
        {
            frames.Add(frame);
            if (frames.Count == 20)
                break;
        }

        Assert.True(source.IsLive);
        Assert.All(frames.Zip(frames.Skip(1)), p => Assert.True(p.Second.CaptureTime.ToDateTimeOffset() > p.First.CaptureTime.ToDateTimeOffset()));
        using var picture = OpenCvSharp.Mat.ImDecode(frames[^1].Data.ToByteArray());
        Assert.Equal((160, 120), (picture.Width, picture.Height));
        Assert.InRange((int)picture.At<OpenCvSharp.Vec3b>(60, 80).Item0, 170, 230); // blue
        camera.Kill();
    }

    [Fact]
    public void Network_NobodyThere_SaysWhyAndHidesThePassword()
    {
        SkipWithoutFfmpeg();

        var error = Assert.Throws<SourceException>(() => new CameraSource("rtsp://admin:secret@127.0.0.1:1/stream", TimeProvider.System));

        Assert.Contains("Connection refused", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    // ffmpeg listens a moment after it was started.
    private static async Task<CameraSource> OpenAsync(string address)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new CameraSource(address, TimeProvider.System);
            }
            catch (SourceException) when (attempt < 100)
            {
                await Task.Delay(100, Limits.Wait);
            }
        }
    }

    private static void SkipWithoutFfmpeg() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "ffmpeg"))), "ffmpeg is not on this machine");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
