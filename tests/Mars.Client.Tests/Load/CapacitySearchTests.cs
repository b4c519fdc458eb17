using Mars.Client.Load;
using Mars.Client.Reporting;

namespace Mars.Client.Tests.Load;

public sealed class CapacitySearchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 5, 5)]
    [InlineData(4, 3, 3)]
    [InlineData(4, 13, 13)]
    [InlineData(16, 1000, 960)]
    public async Task ServerOfSoManyCameras_IsFound(int start, int bears, int atLeast)
    {
        var tried = new List<int>();
        var search = new CapacitySearch(cameras => Task.FromResult(Result(cameras, cameras <= bears ? 100 : 900)), Limit, step => tried.Add(step.Cameras));

        Assert.InRange(await search.FindAsync(start), atLeast, bears);
        Assert.Equal(tried.Distinct(), tried);
        Assert.InRange(tried.Count, 1, 14);
    }

    [Fact]
    public void Step_EachFaultIsNamed()
    {
        var counts = Result(2, 501).Counts with
        {
            Windows = new WindowCounts(Due: 100, Answered: 98, Failed: 1),
            Frames = new FrameCounts(500, 1, 2),
            Errors = new Dictionary<string, long> { ["Unavailable"] = 3 },
        };
        var step = CapacityStep.Of(Result(2, 501) with { Counts = counts }, Limit);

        Assert.Equal(["p99 over 500 ms", "coverage under 99%", "1 windows failed", "1 frames rejected", "2 frames not sent", "3 connections failed"], step.Faults.Select(f => f.Replace(" %", "%", StringComparison.Ordinal)));
    }

    [Fact]
    public void ToolBehindItsPlanByMoreThanAFrame_IsSaid()
    {
        var late = Result(2, 100) with { Counts = Result(2, 100).Counts with { Lag = new DelaySummary(1, 30, 41, 50) } };

        Assert.True(late.ToolWasLate);
        Assert.Contains("the figures are the tool's, not the server's", CapacityStep.Of(late, Limit).ToString(), StringComparison.Ordinal);
        Assert.False(Result(2, 100).ToolWasLate);
    }

    private static LoadResult Result(int cameras, double p99) => new()
    {
        Options = new LoadOptions { Cameras = cameras },
        Counts = new LoadCounts(new WindowCounts(Due: 100, Answered: 100), new FrameCounts(500), new DelaySummary(50, 80, p99, p99), new DelaySummary(1, 2, 3, 4), 0, new Dictionary<string, long>(), new CameraSpread(1, 1, 1)),
        ToolCpuSeconds = 1,
        Timeline = [],
    };
}
