using Mars.Client.Cameras;
using Mars.Client.Tests.Support;
using OpenCvSharp;

namespace Mars.Client.Tests.Cameras;

/// <summary>MJPEG streams as cameras send them.</summary>
public sealed class MjpegTests
{
    private static readonly byte[][] Pictures = [.. Enumerable.Range(1, 8).Select(i => TestPictures.Jpeg(i * 20))];

    [Theory]
    [InlineData("ok")]
    [InlineData("no-first-boundary")]
    [InlineData("image-jpg")]
    [InlineData("upper-case")]
    [InlineData("quoted-boundary")]
    [InlineData("dashes-in-boundary")]
    [InlineData("invalid-boundary")]
    [InlineData("other-boundary")]
    [InlineData("no-boundary")]
    [InlineData("no-length")]
    [InlineData("wrong-length")]
    [InlineData("charset")]
    [InlineData("line-feeds")]
    [InlineData("more-headers")]
    [InlineData("no-part-headers")]
    [InlineData("no-end-marker")]
    [InlineData("chunked")]
    [InlineData("http-1.0")]
    [InlineData("no-content-type")]
    [InlineData("octet-stream")]
    [InlineData("no-parts")]
    [InlineData("video-type")]
    [InlineData("image-type-without-end")]
    [InlineData("audio-between")]
    [InlineData("rubbish-first")]
    public void Stream_WithThisOddity_EveryPictureIsReadOnce(string oddity)
    {
        using var camera = new HttpCamera((_, stream) => ServeAsync(stream, oddity));
        using var capture = new HttpCapture(new CameraAddress($"{camera.Address}/video", null, null), new CaptureOptions(), TimeProvider.System);
        using var frame = new Mat();

        var levels = new List<int>();
        // A picture without its end marker is whole when the next one begins.
        while (levels.Count < (oddity == "no-end-marker" ? 7 : 8) && capture.TryRead(frame, Limits.Wait))
            levels.Add(TestPictures.Grey(frame));

        Assert.Equal(Enumerable.Range(1, levels.Count).Select(i => i * 20), levels);
        Assert.True(levels.Count >= 7, capture.Fault.Reason);
    }

    [Theory]
    [InlineData("404 Not Found", "text/plain", "404 Not Found: the camera has nothing at this path")]
    [InlineData("503 Service Unavailable", "text/plain", "503 Service Unavailable")]
    [InlineData("401 Unauthorized", "text/plain", "401 Unauthorized: the camera refuses the login")]
    [InlineData("403 Forbidden", "text/plain", "403 Forbidden: the camera refuses the login")]
    [InlineData("200 OK", "text/html", "web page")]
    public void Answer_IsNoStream_TheFaultSaysSo(string status, string type, string reason)
    {
        using var camera = new HttpCamera((_, stream) => HttpCamera.AnswerAsync(stream, status, $"Content-Type: {type}\r\n", "hello"u8.ToArray()));
        using var capture = new HttpCapture(new CameraAddress(camera.Address, null, null), new CaptureOptions(), TimeProvider.System);
        using var frame = new Mat();

        Assert.False(capture.TryRead(frame, Limits.Wait));
        Assert.Contains(reason, capture.Fault.Reason, StringComparison.Ordinal);
        Assert.Equal(status[0] == '4' && status[2] != '4' ? FaultKind.Refused : FaultKind.Lost, capture.Fault.Kind);
    }

    [Fact]
    public void Stream_EndsOrFreezes_TheFaultSaysWhich()
    {
        using var ending = new HttpCamera(async (_, stream) =>
        {
            await ServeAsync(stream, "ok");
            stream.Close();
        });
        using var frozen = new HttpCamera(async (_, stream) =>
        {
            await ServeAsync(stream, "ok");
            await Task.Delay(Timeout.Infinite, Limits.Wait);
        });

        Assert.Equal("the camera ended the stream", FaultAfterEight(ending, TimeSpan.FromMinutes(1)));
        Assert.Equal("frozen: no new frame for 1 s", FaultAfterEight(frozen, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Stream_OfNothing_EndsInAFault()
    {
        using var camera = new HttpCamera(async (_, stream) =>
        {
            await HttpCamera.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n");
            var nothing = new byte[1 << 20];
            for (var i = 0; i < 100; i++)
                await stream.WriteAsync(nothing);
        });
        using var capture = new HttpCapture(new CameraAddress(camera.Address, null, null), new CaptureOptions(), TimeProvider.System);
        using var frame = new Mat();

        Assert.False(capture.TryRead(frame, Limits.Wait));
        Assert.Contains("no JPEG picture", capture.Fault.Reason, StringComparison.Ordinal);
    }

    private static string FaultAfterEight(HttpCamera camera, TimeSpan silence)
    {
        using var capture = new HttpCapture(new CameraAddress(camera.Address, null, null), new CaptureOptions { Silence = silence }, TimeProvider.System);
        using var frame = new Mat();
        for (var i = 0; i < 8; i++)
            Assert.True(capture.TryRead(frame, Limits.Wait), capture.Fault.Reason);
        Assert.False(capture.TryRead(frame, Limits.Wait));
        return capture.Fault.Reason;
    }

    private static async Task ServeAsync(Stream stream, string oddity)
    {
        var type = oddity switch
        {
            "quoted-boundary" => "multipart/x-mixed-replace; boundary=\"frame\"",
            "dashes-in-boundary" => "multipart/x-mixed-replace; boundary=--frame",
            "invalid-boundary" => "multipart/x-mixed-replace;boundary=<frame>;;",
            "other-boundary" => "multipart/x-mixed-replace; boundary=something",
            "no-boundary" => "multipart/x-mixed-replace",
            "upper-case" => "Multipart/X-Mixed-Replace; Boundary=frame",
            "octet-stream" or "no-parts" => "application/octet-stream",
            "video-type" => "video/x-motion-jpeg",
            "image-type-without-end" => "image/jpeg",
            _ => "multipart/x-mixed-replace; boundary=frame",
        };
        await HttpCamera.WriteAsync(stream, oddity == "http-1.0" ? "HTTP/1.0 200 OK\r\n" : "HTTP/1.1 200 OK\r\n");
        if (oddity != "no-content-type")
            await HttpCamera.WriteAsync(stream, $"Content-Type: {type}\r\n");
        await HttpCamera.WriteAsync(stream, oddity == "chunked" ? "Transfer-Encoding: chunked\r\n\r\n" : "Connection: close\r\n\r\n");
        if (oddity == "rubbish-first")
            await stream.WriteAsync(new byte[100_000]);
        for (var i = 0; i < Pictures.Length; i++)
        {
            var part = Part(Pictures[i], oddity, i == 0);
            if (oddity == "chunked")
                await HttpCamera.WriteAsync(stream, $"{part.Length:x}\r\n");
            await stream.WriteAsync(part);
            if (oddity == "chunked")
                await HttpCamera.WriteAsync(stream, "\r\n");
        }
    }

    private static byte[] Part(byte[] picture, string oddity, bool first)
    {
        if (oddity is "no-parts" or "image-type-without-end" or "video-type")
            return picture;
        var end = oddity == "line-feeds" ? "\n" : "\r\n";
        var type = oddity switch
        {
            "image-jpg" => "image/jpg",
            "upper-case" => "IMAGE/JPEG",
            "charset" => "image/jpeg; charset=utf-8",
            _ => "image/jpeg",
        };
        var head = first && oddity == "no-first-boundary" ? "" : $"--frame{end}";
        if (oddity != "no-part-headers")
            head += $"Content-Type: {type}{end}";
        if (oddity is not ("no-length" or "no-part-headers"))
            head += $"Content-Length: {(oddity == "wrong-length" ? 7 : picture.Length)}{end}";
        if (oddity == "more-headers")
            head += $"X-Timestamp: 1.5{end}DeviceInfo: a:b{end}";
        var audio = oddity == "audio-between" ? $"--frame{end}Content-Type: audio/basic{end}{end}{new string('u', 320)}{end}" : "";
        var body = oddity == "no-end-marker" ? picture[..^2] : picture;
        return [.. System.Text.Encoding.Latin1.GetBytes($"{audio}{head}{end}"), .. body, .. System.Text.Encoding.Latin1.GetBytes(end)];
    }
}
