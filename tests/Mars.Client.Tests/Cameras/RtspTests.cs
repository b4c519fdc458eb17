using Mars.Client.Cameras;
using Mars.Client.Sources;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Cameras;

/// <summary>RTSP cameras, by GStreamer's server.</summary>
[Trait("Category", "foreign-server")]
public sealed class RtspTests
{
    [Theory]
    [InlineData("--codec h264", "", 320, 240)]
    [InlineData("--codec h265", "", 320, 240)]
    [InlineData("--codec h264 --bframes 2", "", 320, 240)]
    [InlineData("--codec h265 --bframes 3", "", 320, 240)]
    [InlineData("--audio", "", 320, 240)]
    [InlineData("--udp", "", 320, 240)]
    [InlineData("--udp --audio --codec h265", "", 320, 240)]
    [InlineData("--digest", "user:pa%23ss@", 320, 240)]
    [InlineData("--basic", "user:pa%23ss@", 320, 240)]
    [InlineData("--size 1920x1080", "", 1920, 1080)]
    [InlineData("--slow 6", "", 320, 240)]
    public async Task Camera_GivesItsPictures(string server, string login, int width, int height)
    {
        using var camera = await RtspServer.StartAsync(server);
        using var source = new CameraSource($"rtsp://{login}127.0.0.1:{camera.Port}/s", new SourceOptions(), TimeProvider.System);
        using var frame = new SourceFrame();

        for (var i = 0; i < 30; i++)
            Assert.True(source.TryRead(frame, Limits.Wait));

        Assert.Equal((width, height), (frame.Pixels.Width, frame.Pixels.Height));
        var mean = frame.Pixels.Mean();
        Assert.True(mean.Val0 > 200 && mean.Val1 < 60 && mean.Val2 < 60, $"not blue: {mean}");
    }

    [Theory]
    [InlineData("--digest", "user:wr0ng@", "/s", "401 Unauthorized: the camera refuses the login")]
    [InlineData("--basic", "user:wr0ng@", "/s", "401 Unauthorized: the camera refuses the login")]
    [InlineData("--digest", "", "/s", "401 Unauthorized: the camera refuses the login")]
    [InlineData("", "", "/other", "404 Not Found: the camera has nothing at this path")]
    public async Task Camera_Refuses_OneLineWithTheReason(string server, string login, string path, string reason)
    {
        using var camera = await RtspServer.StartAsync(server);
        using var source = new CameraSource($"rtsp://{login}127.0.0.1:{camera.Port}{path}", new SourceOptions(), TimeProvider.System);
        using var frame = new SourceFrame();

        var error = Assert.Throws<SourceException>(() => source.TryRead(frame, Limits.Wait));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UserAndPassword_OfTheCommandLine_AreUsed()
    {
        using var camera = await RtspServer.StartAsync("--digest");
        using var source = new CameraSource(
            $"rtsp://127.0.0.1:{camera.Port}/s", new SourceOptions { Capture = new CaptureOptions { User = "user", Password = "pa#ss" } }, TimeProvider.System);
        using var frame = new SourceFrame();

        Assert.True(source.TryRead(frame, Limits.Wait));
    }

    [Fact]
    public async Task OnlyTcpWanted_CameraOfUdp_SaysWhatToDo()
    {
        using var camera = await RtspServer.StartAsync("--udp");
        using var source = new CameraSource(
            $"rtsp://127.0.0.1:{camera.Port}/s", new SourceOptions { Capture = new CaptureOptions { Transport = RtspTransport.Tcp } }, TimeProvider.System);
        using var frame = new SourceFrame();

        Assert.Contains("--rtsp-transport", Assert.Throws<SourceException>(() => source.TryRead(frame, Limits.Wait)).Message, StringComparison.Ordinal);
    }
}
