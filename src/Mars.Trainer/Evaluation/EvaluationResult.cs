namespace Mars.Trainer.Evaluation;

/// <summary>How well a network, or a sum of several, recognises the videos of a set.</summary>
/// <param name="Labels">Names of the classes.</param>
/// <param name="Confusion">Videos by [true class, recognised class].</param>
/// <param name="TopFive">Videos whose class is among the five highest.</param>
/// <param name="Clips">Clips in all.</param>
/// <param name="RightClips">Clips that were right taken alone.</param>
/// <param name="Loss">Mean cross-entropy of the clips.</param>
/// <param name="TeacherDistance">Mean of alpha * squared distance to the teacher; 0 if none was asked for.</param>
internal sealed record EvaluationResult(IReadOnlyList<string> Labels, int[,] Confusion, int TopFive, int Clips, int RightClips, double Loss, double TeacherDistance = 0)
{
    public int Videos => Confusion.Cast<int>().Sum();

    /// <summary>Part of the videos whose class has the highest mean logit: the paper's accuracy.</summary>
    public double VideoAccuracy => (double)Enumerable.Range(0, Labels.Count).Sum(i => Confusion[i, i]) / Math.Max(1, Videos);

    /// <summary>Part of the videos whose class is among the five with the highest mean logits.</summary>
    public double TopFiveAccuracy => (double)TopFive / Math.Max(1, Videos);

    /// <summary>Part of the clips that are right alone; lower than <see cref="VideoAccuracy"/> as a rule.</summary>
    public double ClipAccuracy => (double)RightClips / Math.Max(1, Clips);

    public static EvaluationResult From(VideoScores scores)
    {
        var confusion = new int[scores.Labels.Count, scores.Labels.Count];
        int topFive = 0, clips = 0, right = 0;
        var loss = 0.0;
        foreach (var video in scores.Videos)
        {
            confusion[video.Class, Array.IndexOf(video.Mean, video.Mean.Max())]++;
            if (video.Mean.Count(l => l > video.Mean[video.Class]) < 5)
                topFive++;
            foreach (var clip in video.Clips)
            {
                clips++;
                if (Array.IndexOf(clip, clip.Max()) == video.Class)
                    right++;
                loss += Math.Log(clip.Sum(l => Math.Exp(l - clip.Max()))) + clip.Max() - clip[video.Class];
            }
        }
        return new EvaluationResult(scores.Labels, confusion, topFive, clips, right, loss / Math.Max(1, clips), scores.TeacherDistance);
    }

    /// <summary>Videos of a class in the set.</summary>
    public int VideosOf(int label) => Enumerable.Range(0, Labels.Count).Sum(i => Confusion[label, i]);

    /// <summary>Part of a class's videos that are right.</summary>
    public double AccuracyOf(int label) => (double)Confusion[label, label] / Math.Max(1, VideosOf(label));
}
