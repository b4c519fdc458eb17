using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Commands;

/// <summary>What `mars watch` says of cameras on the network.</summary>
public sealed class WatchCameraTests(TestServer server) : IClassFixture<TestServer>
{
    private string Url => server.Address.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task CameraThatIsNeverThere_OneLinePerAttempt_AndAReasonAtTheEnd()
    {
        using var camera = new HttpCamera((_, stream) => HttpCamera.AnswerAsync(stream, "503 Service Unavailable", ""));

        var (exit, output, error) = await CommandLineTests.RunAsync("watch", $"{camera.Address}/v", "--server", Url, "--give-up-after", "2s");

        var lines = error.Trim().Split('\n');
        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith("mars: opening http://127.0.0.1:", lines[0], StringComparison.Ordinal);
        Assert.Contains("503 Service Unavailable; opened again in 1 s (failure 1)", lines[1], StringComparison.Ordinal);
        Assert.Equal($"mars: the camera {camera.Address}/v cannot be read: 503 Service Unavailable", lines[^1].Trim());
        Assert.Equal(camera.Requests.Count + 1, lines.Length);
    }

    [Fact]
    public async Task CamerasOfOneHost_WithoutIds_StreamSideBySide()
    {
        using var camera = new HttpCamera(ServeAsync);

        var both = await Task.WhenAll(
            CommandLineTests.RunAsync("watch", $"{camera.Address}/ch1", "--server", Url, "--json", "--give-up-after", "0"),
            CommandLineTests.RunAsync("watch", $"{camera.Address}/ch2", "--server", Url, "--json", "--give-up-after", "0"));

        // Each ends with its camera's stream, and not with the other's.
        Assert.All(both, run => Assert.EndsWith("the camera ended the stream", run.Error.Trim(), StringComparison.Ordinal));
        Assert.Equal(2, both.Select(run => CommandLineTests.Lines(run.Output)[0].GetProperty("camera").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task TwoCameras_OfOneId_TheFirstIsToldWhatToDo()
    {
        using var camera = new HttpCamera(ServeAsync);
        string[] line = ["watch", $"{camera.Address}/endless", "--server", Url, "--json", "--camera", "one", "--give-up-after", "0"];

        var first = CommandLineTests.RunAsync(line);
        while (camera.Requests.Count == 0)
            await Task.Delay(20, Limits.Wait);
        await Task.Delay(500, Limits.Wait);
        var second = CommandLineTests.RunAsync([.. line[..1], $"{camera.Address}/ch1", .. line[2..]]);

        var (exit, _, error) = await first;
        Assert.Equal(1, exit);
        Assert.Contains("(ABORTED): give each camera an id of its own with --camera ID", error, StringComparison.Ordinal);
        await second;
    }

    [Fact]
    public async Task CameraTooSlowForAnyWindow_IsSaid()
    {
        using var camera = new HttpCamera(async (request, stream) =>
        {
            await Task.Delay(1100, Limits.Wait);
            if (request.Number <= 6)
                await HttpCamera.AnswerAsync(stream, "200 OK", "Content-Type: image/jpeg\r\n", TestPictures.Jpeg(request.Number * 20));
            else
                await HttpCamera.AnswerAsync(stream, "500 Internal Server Error", "");
        });

        var (_, _, error) = await CommandLineTests.RunAsync("watch", camera.Address, "--server", Url, "--give-up-after", "0");

        Assert.Contains("s apart, and the server begins anew after 1 s without one, so nothing can be recognised", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileWithALongName_StreamsUnderAShortenedId()
    {
        using var folder = new Temporary();
        var video = Path.Combine(folder.Folder, new string('n', 230) + ".avi");
        File.Move(TestVideos.Write(folder.Folder, 25, 1, [1]), video);

        var (exit, output, error) = await CommandLineTests.RunAsync("watch", video, "--server", Url, "--json", "--fast");

        Assert.True(exit == 0, error);
        Assert.Equal(100, CommandLineTests.Lines(output)[0].GetProperty("camera").GetString()!.Length);
    }

    private static async Task ServeAsync(HttpCamera.Request request, Stream stream)
    {
        await HttpCamera.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=f\r\nConnection: close\r\n\r\n");
        for (var i = 0; i < (request.Path == "/endless" ? 3000 : 40); i++)
        {
            await HttpCamera.WriteAsync(stream, "--f\r\nContent-Type: image/jpeg\r\n\r\n");
            await stream.WriteAsync(TestPictures.Jpeg(100));
            await HttpCamera.WriteAsync(stream, "\r\n");
            await Task.Delay(40, Limits.Wait);
        }
        stream.Close();
    }
}
