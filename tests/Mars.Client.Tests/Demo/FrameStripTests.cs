using Mars.Client.Demo;

namespace Mars.Client.Tests.Demo;

public sealed class FrameStripTests
{
    [Fact]
    public void Choose_MoreActionsThanCells_EightOfThemInOrder()
    {
        TruthSegment[] truth = [.. Enumerable.Range(0, 20).Select(i => JudgedWindowTests.Segment("walk", i, i + 1))];

        var chosen = FrameStrip.Choose(new DemoVideo("", 25, truth), Windows(20));

        Assert.Equal(8, chosen.Count);
        Assert.Equal(chosen.OrderBy(w => w.Centre), chosen);
    }

    [Fact]
    public void Choose_RestBetweenActions_ActionsOnly()
    {
        TruthSegment[] truth = [JudgedWindowTests.Segment("idle", 0, 2), JudgedWindowTests.Segment("walk", 2, 4)];

        var window = Assert.Single(FrameStrip.Choose(new DemoVideo("", 25, truth), Windows(4)));

        Assert.Equal(3, window.Centre.TotalSeconds, 0.2);
    }

    [Fact]
    public void Choose_NoTruth_EvenDistances() => Assert.Equal(8, FrameStrip.Choose(new DemoVideo("", 25, []), Windows(10)).Count);

    [Fact]
    public void Choose_NoWindows_None() => Assert.Empty(FrameStrip.Choose(new DemoVideo("", 25, []), []));

    private static List<JudgedWindow> Windows(double seconds) =>
        [.. Enumerable.Range(0, (int)(seconds / 0.16)).Select(i => JudgedWindow.Of(TimeSpan.FromSeconds(i * 0.16), TimeSpan.FromSeconds((i * 0.16) + 0.64), "walk", 1, []))];
}
