using System.Diagnostics;
using Mars.Client.Cameras;
using Mars.Client.Sources;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Cameras;

/// <summary>What ffmpeg reads, and what it says.</summary>
public sealed class FfmpegTests
{
    private const string Ffmpeg44 = """
        for a; do [ "$a" = -fps_mode ] && { echo "Unrecognized option 'fps_mode'." >&2; echo "Error splitting the argument list: Option not found" >&2; exit 1; }; done
        exec FFMPEG "$@"
        """;

    private const string Ffmpeg8 = """
        for a; do [ "$a" = -vsync ] && { echo "Unrecognized option 'vsync'." >&2; exit 8; }; done
        exec FFMPEG "$@"
        """;

    [Theory]
    [InlineData(Ffmpeg44)]
    [InlineData(Ffmpeg8)]
    public async Task Program_OfAnotherVersion_Works(string script)
    {
        using var folder = new Temporary();
        var video = await TransportStreamAsync(folder);
        using var camera = Serve(video, "video/mp2t");

        var (_, _, error) = await WatchAsync(folder, script, $"{camera.Address}/live.ts");

        // A stream is opened with the first frame, and there is no server.
        Assert.EndsWith("mars: no Mars server at http://127.0.0.1:1: start it with ./mars serve", error.Trim(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo one >&2; echo 'that is why' >&2; exit 3", "that is why")]
    [InlineData("exit 3", "it says nothing")]
    public async Task Program_ThatDoesNotWork_ItsLastLineAndTheVersionNeeded(string script, string reason)
    {
        using var folder = new Temporary();

        var (exit, _, error) = await WatchAsync(folder, script, "rtsp://127.0.0.1:1/s");

        Assert.Equal(1, exit);
        Assert.Contains($"({reason}): install it (apt-get install -y ffmpeg; version 4.0 or later)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_Missing_SaysHowToInstallIt()
    {
        using var folder = new Temporary();

        var (exit, _, error) = await WatchAsync(folder, null, "rtsp://127.0.0.1:1/s");

        Assert.Equal(1, exit);
        Assert.Contains("this camera needs the program ffmpeg, which is not in PATH: install it (apt-get install -y ffmpeg", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtsp://127.0.0.1:1/s", "Connection refused")]
    [InlineData("rtsp://no-such-host.invalid/s", "Name or service not known|resolve hostname")]
    [InlineData("tcp://127.0.0.1:1", "Connection refused")]
    public void Camera_CannotBeReached_TheReasonIsNeverEmpty(string address, string reason)
    {
        Support.Ffmpeg.SkipWithout();
        using var source = new CameraSource(address, new SourceOptions(), TimeProvider.System);
        using var frame = new SourceFrame();

        Assert.Matches($"cannot be read: .*({reason})", Assert.Throws<SourceException>(() => source.TryRead(frame, Limits.Wait)).Message);
    }

    // No content length, as of a live stream: read over the one connection. With one: a recording, which ffmpeg opens itself.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Http_OtherContent_IsReadByFfmpeg(bool length)
    {
        using var folder = new Temporary();
        var video = await TransportStreamAsync(folder);
        using var camera = Serve(video, "video/mp2t", length);
        using var source = new CameraSource(camera.Address.Replace("http://", "http://u:s3cret@", StringComparison.Ordinal), new SourceOptions(), TimeProvider.System);
        using var frame = new SourceFrame();
        var frames = 0;

        var error = Assert.Throws<SourceException>(() =>
        {
            while (source.TryRead(frame, Limits.Wait))
                frames++;
        });

        Assert.Equal(50, frames);
        Assert.Contains("the camera ended the stream", error.Message, StringComparison.Ordinal);
        Assert.Equal(length, camera.Connections > 1);
    }

    [Theory]
    [InlineData("[rtsp @ 0x5631c353da80] method DESCRIBE failed: 401 Unauthorized", true, "401 Unauthorized: the camera refuses")]
    [InlineData("rtsp://***@cam/s: Server returned 403 Forbidden (access denied)", true, "403 Forbidden: the camera refuses")]
    [InlineData("[rtsp @ 0x1] method SETUP failed: 454 Session Not Found", false, "454 Session Not Found: the camera has nothing")]
    [InlineData("[http @ 0x1] HTTP error 404 Not Found", false, "404 Not Found")]
    [InlineData("[rtsp @ 0x1] method SETUP failed: 461 Unsupported transport", false, "461 Unsupported transport")]
    [InlineData("[tcp @ 0x1] Connection to tcp://1.2.3.4:554 failed: Connection timed out", false, "Connection to tcp://1.2.3.4:554 failed: Connection timed out")]
    public void Line_OfFfmpeg_SaysWhatMayHelp(string line, bool refused, string reason)
    {
        var fault = FfmpegFaults.Of([line, ""], null);

        Assert.Equal(refused ? FaultKind.Refused : FaultKind.Lost, fault.Kind);
        Assert.StartsWith(reason, fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void NoLine_StillAReason() => Assert.NotEmpty(FfmpegFaults.Of([], null).Reason);

    private static HttpCamera Serve(byte[] body, string type, bool length = false) => new(async (_, stream) =>
    {
        await HttpCamera.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n{(length ? $"Content-Length: {body.Length}\r\n" : "")}Connection: close\r\n\r\n");
        await stream.WriteAsync(body);
        stream.Close();
    });

    private static async Task<byte[]> TransportStreamAsync(Temporary folder)
    {
        Support.Ffmpeg.SkipWithout();
        var file = Path.Combine(folder.Folder, "v.ts");
        using var make = Process.Start("ffmpeg", ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=25:duration=2", "-c:v", "mpeg4", file]);
        await make.WaitForExitAsync(Limits.Wait);
        return await File.ReadAllBytesAsync(file, Limits.Wait);
    }

    // A folder of its own in PATH, with a stand-in or nothing.
    private static Task<(int Exit, string Output, string Error)> WatchAsync(Temporary folder, string? script, string address)
    {
        Support.Ffmpeg.SkipWithout();
        if (script is not null)
        {
            var file = Path.Combine(folder.Folder, "ffmpeg");
            File.WriteAllText(file, $"#!/bin/sh\n{script.Replace("FFMPEG", "/usr/bin/ffmpeg", StringComparison.Ordinal)}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return ClientProcess.ShellAsync($"DOTNET=$(command -v dotnet); PATH='{folder.Folder}'; ${{M/dotnet/$DOTNET}} watch '{address}' --give-up-after 0 --server http://127.0.0.1:1");
    }
}
