using Mars.Client.Demo;
using Mars.Client.Tests.Commands;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Demo;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task Demo_SourceWithTruth_ScoresWindowsAndEventsAndDrawsThem()
    {
        using var folder = new Temporary();
        TinyModel.Write(Path.Combine(folder.Folder, "models"));
        // Read by the demo alone; no other test uses it.
        Environment.SetEnvironmentVariable("MARS_MODELS", Path.Combine(folder.Folder, "models"));
        var video = TestVideos.Write(folder.Folder, 25, 1.6, [0, 1, 2]);
        var picture = Path.Combine(folder.Folder, "strip.png");

        var (exit, output, error) = await CommandLineTests.RunAsync("demo", "--source", video, "--json", "--picture", picture);

        var result = CommandLineTests.Lines(output)[^1];
        Assert.True(exit == 0, error);
        Assert.Equal(1, result.GetProperty("accuracy").GetDouble());
        Assert.Equal(TinyModel.Labels, result.GetProperty("eventsFound").EnumerateArray().Select(e => e.GetString()));
        Assert.Empty(result.GetProperty("eventsFalse").EnumerateArray());
        Assert.True(result.GetProperty("delayMs").GetProperty("p50").GetDouble() > 0);
        using var strip = OpenCvSharp.Cv2.ImRead(picture);
        Assert.Equal(12 + (3 * 236), strip.Width);
    }

    [Fact]
    public async Task Server_Disposed_IsGone()
    {
        using var folder = new Temporary();
        TinyModel.Write(folder.Folder);
        int id;
        await using (var server = await ServerProcess.StartAsync(ServerFiles.Server(), folder.Folder, [], null, Limits.Wait))
            id = server.Id;

        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(id));
    }

    [Fact]
    public async Task Server_NoModels_IOExceptionThatSaysWhy()
    {
        using var folder = new Temporary();

        var error = await Assert.ThrowsAsync<IOException>(() => ServerProcess.StartAsync(ServerFiles.Server(), folder.Folder, [], null, Limits.Wait));

        Assert.Contains("there is no usable model package", error.Message, StringComparison.Ordinal);
    }
}
