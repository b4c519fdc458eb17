using Mars.Trainer.Data;

namespace Mars.Trainer.Commands;

/// <summary>Videos to test on, with their classes in the order of a network's logits; and the folds of a data set.</summary>
internal static class TestSet
{
    public static FrameSet Load(string folder, int? fold, IReadOnlyList<string> labels)
    {
        var set = FrameSet.Load(folder).WithLabels(labels);
        if (fold is null)
            return set;
        CheckFold(set, fold.Value);
        return set.Where(v => v.Fold == fold);
    }

    /// <exception cref="ArgumentException">No video is in the fold; the message says which folds there are.</exception>
    public static void CheckFold(FrameSet set, int fold)
    {
        var folds = set.Videos.Select(v => v.Fold).OfType<int>().Distinct().Order().ToList();
        if (!folds.Contains(fold))
            throw new ArgumentException($"no video of {set.Folder} is in fold {fold}: its videos.csv has {(folds.Count == 0 ? "no column fold" : $"the folds {string.Join(", ", folds)}")}");
    }
}
