using Mars.Trainer.Data;

namespace Mars.Trainer.Commands;

/// <summary>Videos to test on, with their classes in the order of a network's logits.</summary>
internal static class TestSet
{
    public static FrameSet Load(string folder, int fold, IReadOnlyList<string> labels)
    {
        var set = FrameSet.Load(folder).WithLabels(labels);
        if (fold == 0)
            return set;
        var tested = set.Where(v => v.Fold == fold);
        return tested.Videos.Count > 0 ? tested : throw new ArgumentException($"no video of {folder} is in fold {fold}: see the column fold of its videos.csv");
    }
}
