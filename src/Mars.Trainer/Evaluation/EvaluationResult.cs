namespace Mars.Trainer.Evaluation;

/// <summary>How well a network recognises the videos of a set.</summary>
/// <param name="Labels">Names of the classes.</param>
/// <param name="Confusion">Videos by [true class, recognised class].</param>
/// <param name="Clips">Clips in all.</param>
/// <param name="RightClips">Clips that were right taken alone.</param>
/// <param name="Loss">Mean cross-entropy of the clips.</param>
internal sealed record EvaluationResult(IReadOnlyList<string> Labels, int[,] Confusion, int Clips, int RightClips, double Loss)
{
    public int Videos => Confusion.Cast<int>().Sum();

    /// <summary>Part of the videos whose class has the highest mean logit: the paper's accuracy.</summary>
    public double VideoAccuracy => (double)Enumerable.Range(0, Labels.Count).Sum(i => Confusion[i, i]) / Math.Max(1, Videos);

    /// <summary>Part of the 16-frame clips that are right alone; lower than <see cref="VideoAccuracy"/> as a rule.</summary>
    public double ClipAccuracy => (double)RightClips / Math.Max(1, Clips);

    /// <summary>Videos of a class in the set.</summary>
    public int VideosOf(int label) => Enumerable.Range(0, Labels.Count).Sum(i => Confusion[label, i]);

    /// <summary>Part of a class's videos that are right.</summary>
    public double AccuracyOf(int label) => (double)Confusion[label, label] / Math.Max(1, VideosOf(label));
}
