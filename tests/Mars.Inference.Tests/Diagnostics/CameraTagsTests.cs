using Mars.Inference.Diagnostics;

namespace Mars.Inference.Tests.Diagnostics;

public sealed class CameraTagsTests
{
    [Fact]
    public void Of_None_NoCameraHasATag() => Assert.Null(new CameraTags(0).Of("a"));

    [Fact]
    public void Of_MoreThanTheCap_TheLaterOnesShareOneTag()
    {
        var tags = new CameraTags(2);
        Assert.Equal(["a", "b", CameraTags.Other, "a", CameraTags.Other], new[] { "a", "b", "c", "a", "d" }.Select(tags.Of));
    }

    [Fact]
    public void Of_ManyThreads_NeverMoreThanTheCap()
    {
        var tags = new CameraTags(10);
        var got = Enumerable.Range(0, 1000).AsParallel().WithDegreeOfParallelism(8).Select(i => tags.Of($"{i}")).Distinct().ToList();
        Assert.Equal(11, got.Count);
        Assert.Contains(CameraTags.Other, got);
    }
}
