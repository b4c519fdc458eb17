using System.Text.Json;
using Mars.Client.Commands;
using Mars.Client.Reporting;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Commands;

public sealed class CommandLineTests(TestServer server) : IClassFixture<TestServer>
{
    private string Url => server.Address.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task NoArguments_TellsEveryCommand()
    {
        var (exit, output, _) = await RunAsync();

        Assert.Equal(0, exit);
        Assert.All((string[])["demo", "serve", "watch", "recognize", "models", "train", "bench", "test"], c => Assert.Contains($"  {c} ", output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("watch")]
    [InlineData("watch x --stride -1")]
    [InlineData("watch x --stride abc")]
    [InlineData("watch x --fps abc")]
    [InlineData("watch x --mode sideways")]
    [InlineData("demo --seconds abc")]
    [InlineData("demo --seed 5")]
    [InlineData("models --server here")]
    [InlineData("bench soak --cameras 0")]
    public async Task WrongUsage_TwoAndNothingOnStandardOutput(string line)
    {
        var (exit, output, error) = await RunAsync(line.Split(' '));

        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.StartsWith("mars: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoServer_OneLineThatSaysHowToStartIt()
    {
        var (exit, _, error) = await RunAsync("models", "--server", "http://127.0.0.1:1");

        Assert.Equal(1, exit);
        Assert.Equal("mars: no Mars server at http://127.0.0.1:1: start it with ./mars serve", error.Trim());
    }

    [Fact]
    public async Task Models_Json_OneObjectForEach()
    {
        var (exit, output, _) = await RunAsync("models", "--server", Url, "--json");

        Assert.Equal(0, exit);
        Assert.Equal("colour", Assert.Single(Lines(output)).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Recognize_VideoAndFolder_SameLabel()
    {
        using var folder = new Temporary();
        var video = TestVideos.Write(folder.Folder, 25, 1, [1]);
        var images = Directory.CreateDirectory(Path.Combine(folder.Folder, "images")).FullName;
        using (var picture = new OpenCvSharp.Mat(60, 80, OpenCvSharp.MatType.CV_8UC3, new OpenCvSharp.Scalar(10, 200, 10)))
        {
            for (var i = 0; i < 20; i++)
                Assert.True(OpenCvSharp.Cv2.ImWrite(Path.Combine(images, $"{i}.jpg"), picture));
        }

        var (exit, output, _) = await RunAsync("recognize", video, "--server", Url);
        var (_, fromFolder, _) = await RunAsync("recognize", images, "--server", Url, "--json");

        Assert.Equal(0, exit);
        Assert.EndsWith("green", output.Split('\n')[1].TrimEnd(), StringComparison.Ordinal);
        Assert.Equal("green", Lines(fromFolder).Single().GetProperty("actions")[0].GetProperty("label").GetString());
    }

    [Fact]
    public async Task Watch_FastJson_EveryWindowAndASummary()
    {
        using var folder = new Temporary();
        var video = TestVideos.Write(folder.Folder, 25, 2, [0, 1, 2]);

        var (exit, output, error) = await RunAsync("watch", video, "--server", Url, "--fast", "--json", "--stride", "2");

        var lines = Lines(output);
        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(((150 - 16) / 2) + 1, lines.Count(l => l.GetProperty("type").GetString() == "prediction"));
        Assert.Equal(["red", "green", "blue"], lines.Where(l => l.GetProperty("type").GetString() == "event" && l.GetProperty("phase").GetString() == "Started").Select(l => l.GetProperty("label").GetString()));
        Assert.Equal(150, lines[^1].GetProperty("framesSent").GetInt32());
    }

    [Fact]
    public async Task Watch_Plain_LinesAndATable()
    {
        using var folder = new Temporary();
        var video = TestVideos.Write(folder.Folder, 25, 1, [2]);

        var (exit, output, _) = await RunAsync("watch", video, "--server", Url);

        Assert.Equal(0, exit);
        Assert.Contains(">> blue begins", output, StringComparison.Ordinal);
        Assert.Contains("capture to decision", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_UnknownModel_OneClearLine()
    {
        using var folder = new Temporary();
        var video = TestVideos.Write(folder.Folder, 25, 1, [2]);

        var (exit, _, error) = await RunAsync("watch", video, "--server", Url, "--model", "none", "--json");

        Assert.Equal(1, exit);
        Assert.Equal("mars: no model is named 'none'; there are: colour (NOT_FOUND)", error.Trim());
    }

    internal static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await CommandLine.RunAsync(args, Terminal.Plain(output, error)).WaitAsync(TimeSpan.FromMinutes(3));
        return (exit, output.ToString(), error.ToString());
    }

    internal static List<JsonElement> Lines(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
}
