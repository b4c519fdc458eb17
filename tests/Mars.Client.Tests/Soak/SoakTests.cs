using System.Text.Json;
using Mars.Client.Soak;
using Mars.Client.Tests.Commands;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Soak;

public sealed class SoakTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Soak_ConnectionsCutAgainAndAgain_EveryWindowAnsweredOnce()
    {
        using var folder = new Temporary();
        var json = Path.Combine(folder.Folder, "soak.json");

        // Six seconds are no time to judge memory by: the server's process is not told.
        var (exit, output, error) = await CommandLineTests.RunAsync(
            "bench", "soak", "--minutes", "0.1", "--cameras", "4", "--disconnects", "60", "--reload-seconds", "2",
            "--server", server.Address.GetLeftPart(UriPartial.Authority), "--source", TestVideos.Write(folder.Folder, 25, 1, [0, 1, 2]), "--json", json);

        Assert.True(exit == 0, output + error);
        var counts = JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("counts");
        Assert.InRange(counts.GetProperty("cuts").GetInt64(), 1, 100);
        Assert.InRange(counts.GetProperty("reconnects").GetInt64(), 1, counts.GetProperty("cuts").GetInt64());
        // At most 150 frames of each, a window every 4; the opening of a stream takes its time.
        Assert.InRange(counts.GetProperty("answered").GetInt64(), 1, 4 * 35);
        Assert.Equal(counts.GetProperty("due").GetInt64(), counts.GetProperty("answered").GetInt64());
    }

    // The tool's own server, whose model gets another version every second.
    [Fact]
    public async Task Soak_ReloadsEverySecond_EachLoadsAVersion_NoWindowLost()
    {
        using var folder = new Temporary();
        TinyModel.Write(Path.Combine(folder.Folder, "models"));
        var json = Path.Combine(folder.Folder, "soak.json");

        var (exit, output, error) = await CommandLineTests.RunAsync(
            "bench", "soak", "--minutes", "0.1", "--cameras", "3", "--disconnects", "6", "--reload-seconds", "1",
            "--models", Path.Combine(folder.Folder, "models"), "--source", TestVideos.Write(folder.Folder, 25, 1, [0, 1, 2]), "--json", json);

        var counts = JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("counts");
        Assert.True(counts.GetProperty("errors").EnumerateObject().Any() is false, output + error);
        Assert.InRange(counts.GetProperty("versions").GetInt64(), 1, 6);
        Assert.InRange(counts.GetProperty("answered").GetInt64(), 1, 3 * 35);
        Assert.Equal(counts.GetProperty("due").GetInt64(), counts.GetProperty("answered").GetInt64());
        Assert.InRange(exit, 0, 1); // 6 seconds are no time to judge memory by
    }

    [Theory]
    [InlineData("wave", "1", false)]
    [InlineData("wave@3", "3", false)]
    [InlineData("wave@3", "4", true)]
    public void Answer_WhoseLabelIsAnotherVersions_IsAFault(string label, string version, bool fault) => Assert.Equal(fault, ModelVersions.Fault(label, version) is not null);

    [Theory]
    [InlineData(0.04, true)]
    [InlineData(0.06, false)]
    public void Memory_LastQuarterOverTheSecond_FivePercentAreAllowed(double growth, bool passes)
    {
        // What happens before the second quarter, when caches fill, does not count.
        var memory = Enumerable.Range(0, 400).Select(i => i < 100 ? 50.0 : i < 300 ? 200 : 200 * (1 + growth));

        Assert.Equal(passes, Result(new SoakCounts { Due = 10, Answered = 10 }, memory).Passed);
    }

    [Fact]
    public void WindowMissing_OrTwice_OrAnError_Fails()
    {
        var good = new SoakCounts { Due = 10, Answered = 10 };

        Assert.True(Result(good, []).Passed);
        Assert.False(Result(good with { Answered = 9 }, []).Passed);
        Assert.False(Result(good with { Repeated = 1 }, []).Passed);
        Assert.False(Result(good with { Errors = new Dictionary<string, long> { ["Gap"] = 1 } }, []).Passed);
        Assert.False(Result(new SoakCounts(), []).Passed);
    }

    private static SoakResult Result(SoakCounts counts, IEnumerable<double> memory) =>
        new() { Options = new SoakOptions { Cameras = 1, Duration = TimeSpan.FromMinutes(1) }, Counts = counts, MemoryMb = [.. memory] };
}
