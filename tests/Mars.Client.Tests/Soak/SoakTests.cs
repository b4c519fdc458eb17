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

        // Half a minute is no time to judge memory by: the server's process is not told.
        var (exit, output, error) = await CommandLineTests.RunAsync(
            "bench", "soak", "--minutes", "0.5", "--cameras", "4", "--disconnects", "12", "--reload-seconds", "5",
            "--server", server.Address.GetLeftPart(UriPartial.Authority), "--source", TestVideos.Write(folder.Folder, 25, 1, [0, 1, 2]), "--json", json);

        Assert.True(exit == 0, output + error);
        var counts = JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("counts");
        Assert.InRange(counts.GetProperty("cuts").GetInt64(), 5, 100);
        Assert.InRange(counts.GetProperty("reconnects").GetInt64(), 1, counts.GetProperty("cuts").GetInt64());
        // 750 frames of each, a window every 4.
        Assert.Equal(4 * (((750 - 16) / 4) + 1), counts.GetProperty("answered").GetInt64());
        Assert.Equal(counts.GetProperty("due").GetInt64(), counts.GetProperty("answered").GetInt64());
    }

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
