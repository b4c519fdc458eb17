using Mars.Trainer.Data;

namespace Mars.Trainer.Tests.Data;

public class ClipPlanTests
{
    private static readonly FrameSet Set = new(
        "nowhere", ["a"], [.. Enumerable.Range(0, 10).Select(i => new VideoEntry($"a/{i}", "a", $"g{i / 2}", null, 10 + (10 * i)))]);

    [Fact]
    public void Training_AnEpoch_TakesEachVideoOnceFromWithinItself()
    {
        var clips = ClipPlan.Training(Set, 16, 5, seed: 1, epoch: 0).SelectMany(b => b).ToList();
        Assert.Equal(Set.Videos.Select(v => v.Video).Order(), clips.Select(c => c.Video.Video).Order());
        Assert.All(clips, c => Assert.InRange(c.Start, 0, Math.Max(0, c.Video.Frames - 16)));
    }

    [Fact]
    public void Training_ManyEpochs_StartsEverywhereAndFlipsHalf()
    {
        var clips = Enumerable.Range(0, 400).SelectMany(e => ClipPlan.Training(Set, 16, 10, 1, e)).SelectMany(b => b).ToList();
        var starts = clips.Where(c => c.Video.Frames == 20).Select(c => c.Start).Distinct().Order();
        Assert.Equal([0, 1, 2, 3, 4], starts);
        Assert.InRange(clips.Count(c => c.Flip) / (double)clips.Count, 0.46, 0.54);
    }

    [Fact]
    public void Training_SameSeedAndEpoch_IsTheSamePlanAndOthersAreNot()
    {
        Assert.Equal(Plan(1, 3), Plan(1, 3));
        Assert.NotEqual(Plan(1, 3), Plan(1, 4));
        Assert.NotEqual(Plan(1, 3), Plan(2, 3));

        static IEnumerable<ClipRequest> Plan(int seed, int epoch) => ClipPlan.Training(Set, 16, 4, seed, epoch).SelectMany(b => b);
    }

    [Fact]
    public void Training_LastBatchNotFull_IsLeftOut() => Assert.Equal([4, 4], ClipPlan.Training(Set, 16, 4, 1, 0).Select(b => b.Count));

    [Fact]
    public void Test_AVideo_GivesItsWholeClipsAndAtLeastOne()
    {
        var counts = ClipPlan.Test(Set, 16, 100).Single().GroupBy(c => c.Video.Frames).ToDictionary(g => g.Key, g => g.Select(c => c.Start).ToArray());
        Assert.Equal([0], counts[10]);
        Assert.Equal([0], counts[20]);
        Assert.Equal([0, 16, 32, 48, 64, 80], counts[100]);
    }

    [Fact]
    public void Split_WithGroups_PartsNoGroupAndLosesNothing()
    {
        var (training, validation) = ValidationSplit.Make(Set, 0.3);
        Assert.Equal(4, validation.Videos.Count); // two whole groups of two
        Assert.Equal(6, training.Videos.Count);
        Assert.Empty(training.Videos.Select(v => v.Group).Intersect(validation.Videos.Select(v => v.Group)));
        Assert.Equal(validation.Videos, ValidationSplit.Make(Set, 0.3).Validation.Videos);
    }
}
