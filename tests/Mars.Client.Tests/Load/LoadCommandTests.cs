using System.Text.Json;
using Mars.Client.Tests.Commands;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Load;

public sealed class LoadCommandTests(TestServer server) : IClassFixture<TestServer>
{
    private string Url => server.Address.GetLeftPart(UriPartial.Authority);

    [Theory]
    [InlineData("live")]
    [InlineData("every")]
    public async Task Load_ServerThatKeepsUp_EveryWindowIsAnswered(string mode)
    {
        using var folder = new Temporary();
        var (json, png) = (Path.Combine(folder.Folder, "load.json"), Path.Combine(folder.Folder, "load.png"));

        var (exit, output, error) = await CommandLineTests.RunAsync(
            [.. Line(folder, "--cameras 5 --idle 2 --duration 3 --ramp 1 --mode"), mode, "--server", Url, "--server-pid", $"{server.ProcessId}", "--json", json, "--png", png]);

        Assert.True(exit == 0, error);
        Assert.Contains("capture to decision", output, StringComparison.Ordinal);
        var result = JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("result");
        var windows = result.GetProperty("counts").GetProperty("windows");
        // 75 frames a camera, a window every 4 of them: 18 or 19, by where counting begins.
        Assert.InRange(windows.GetProperty("due").GetInt64(), mode == "every" ? 5 * 18 : 1, 5 * 19);
        // A live server without time may leave windows out, and say nothing of a camera's last ones.
        if (mode == "every")
        {
            Assert.Equal(windows.GetProperty("due").GetInt64(), windows.GetProperty("answered").GetInt64());
            Assert.Equal(0, windows.GetProperty("untold").GetInt64());
            Assert.Equal(5 * 75, result.GetProperty("counts").GetProperty("frames").GetProperty("sent").GetInt64());
        }
        Assert.InRange(windows.GetProperty("answered").GetInt64(), 1, windows.GetProperty("due").GetInt64());
        Assert.Equal(0, windows.GetProperty("lost").GetInt64());
        Assert.True(result.GetProperty("counts").GetProperty("delay").GetProperty("p50").GetDouble() > 0);
        Assert.True(result.GetProperty("counts").GetProperty("inference").GetProperty("p50").GetDouble() > 0);
        Assert.True(result.GetProperty("ageLimit").GetDouble() >= 160);
        Assert.InRange(result.GetProperty("counts").GetProperty("answers").GetProperty("fairness").GetDouble(), 0, 1);
        Assert.True(result.GetProperty("server").GetProperty("maxMb").GetDouble() > 20);
        using var picture = OpenCvSharp.Cv2.ImRead(png);
        Assert.Equal((1000, 680), (picture.Width, picture.Height));
    }

    [Fact]
    public async Task Load_ConnectionsCut_LostWindowsAreCounted_AndCamerasComeBack()
    {
        using var folder = new Temporary();
        var json = Path.Combine(folder.Folder, "load.json");

        var (exit, _, error) = await CommandLineTests.RunAsync(
            [.. Line(folder, "--cameras 4 --duration 4 --ramp 0 --disconnects 60 --jitter 30 --bursts 2:200"), "--server", Url, "--json", json]);

        Assert.True(exit == 0, error);
        var counts = JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("result").GetProperty("counts");
        Assert.InRange(counts.GetProperty("cuts").GetInt64(), 1, 100);
        Assert.InRange(counts.GetProperty("frames").GetProperty("notSent").GetInt64(), 1, 400);
        Assert.Empty(counts.GetProperty("errors").EnumerateObject());
        var windows = counts.GetProperty("windows");
        Assert.InRange(windows.GetProperty("answered").GetInt64(), 1, windows.GetProperty("due").GetInt64());
    }

    [Fact]
    public async Task Load_ServerHoldsFramesUp_DelayIsFromTheirCapture()
    {
        using var folder = new Temporary();
        var json = Path.Combine(folder.Folder, "load.json");
        await using var slow = new CuttingProxy(server.Address);

        var running = CommandLineTests.RunAsync(
            [.. Line(folder, "--cameras 3 --duration 4 --ramp 0 --mode every --stride 2 --server"), slow.Address.GetLeftPart(UriPartial.Authority), "--json", json]);
        while (!running.IsCompleted)
        {
            slow.Hold(TimeSpan.FromSeconds(1.5));
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(2), Limits.Wait));
        }
        var (exit, output, error) = await running;

        Assert.True(exit == 0, error);
        var counts = JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("result").GetProperty("counts");
        // Three quarters of all windows are captured while nothing passes, and wait for what is left of 1.5 seconds. A tool that waited for the server itself would send no frames then,
        // and find one or two slow windows of each camera.
        Assert.True(counts.GetProperty("delay").GetProperty("p95").GetDouble() > 1000, output);
        Assert.Contains("coverage", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bursts 10")]
    [InlineData("--mode sideways")]
    [InlineData("--duration soon")]
    [InlineData("--cameras 0")]
    [InlineData("--times-capacity 10")]
    [InlineData("--server-pid 1")]
    [InlineData("--server here")]
    public async Task Load_WrongUsage_TwoAndALine(string wrong)
    {
        var (exit, output, error) = await CommandLineTests.RunAsync(["bench", "load", .. wrong.Split(' ')]);

        Assert.Equal((2, ""), (exit, output));
        Assert.EndsWith("mars: mars bench load --help tells more", error.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_NoServerThere_OneLine()
    {
        using var folder = new Temporary();

        var (exit, _, error) = await CommandLineTests.RunAsync([.. Line(folder, "--server http://127.0.0.1:1")]);

        Assert.Equal(1, exit);
        Assert.EndsWith("mars: no Mars server at http://127.0.0.1:1: start it with ./mars serve", error.Trim(), StringComparison.Ordinal);
    }

    private static string[] Line(Temporary folder, string options) =>
        ["bench", "load", "--source", TestVideos.Write(folder.Folder, 25, 1, [0, 1, 2]), .. options.Split(' ')];
}
