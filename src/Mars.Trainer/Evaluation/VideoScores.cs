namespace Mars.Trainer.Evaluation;

/// <summary>What one or several streams say of the videos of a set: the logits of every clip.</summary>
/// <param name="Labels">Names of the classes.</param>
/// <param name="Videos">In the order of the set.</param>
/// <param name="TeacherDistance">Mean of alpha * squared distance to the teacher over the clips; 0 if there is none.</param>
internal sealed record VideoScores(IReadOnlyList<string> Labels, IReadOnlyList<ScoredVideo> Videos, double TeacherDistance = 0)
{
    /// <summary>The mean of several streams' logits, as the paper adds streams. A stream with flow may have a clip less of a video: then the others' last one is left out.</summary>
    public static VideoScores Sum(IReadOnlyList<VideoScores> streams)
    {
        if (streams.FirstOrDefault(s => !s.Labels.SequenceEqual(streams[0].Labels)) is { } other)
            throw new InvalidDataException($"streams with different labels cannot be added: {Differ(streams[0].Labels, other.Labels)}");
        var others = streams.Skip(1).Select(s => s.Videos.ToDictionary(v => v.Video)).ToList();
        var sums = new List<ScoredVideo>();
        foreach (var video in streams[0].Videos)
        {
            var same = others.Where(o => o.ContainsKey(video.Video)).Select(o => o[video.Video]).Prepend(video).ToList();
            if (same.Count == streams.Count)
                sums.Add(video with { Mean = Average([.. same.Select(v => v.Mean)]), Clips = [.. Enumerable.Range(0, same.Min(v => v.Clips.Count)).Select(i => Average([.. same.Select(v => v.Clips[i])]))] });
        }
        return new VideoScores(streams[0].Labels, sums);
    }

    private static string Differ(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        var (name, place) = one.Select((label, i) => (label, i)).FirstOrDefault(l => l.i >= other.Count || other[l.i] != l.label);
        return name is null ? $"one has {one.Count} and another {other.Count}" : $"class {place + 1} is '{name}' in one and '{other.ElementAtOrDefault(place)}' in another";
    }

    /// <summary>The mean of several logits, class by class.</summary>
    public static float[] Average(IReadOnlyList<float[]> logits) => [.. Enumerable.Range(0, logits[0].Length).Select(c => logits.Average(l => l[c]))];
}

/// <summary>A video and its logits.</summary>
/// <param name="Video">Its name in the set.</param>
/// <param name="Class">The true one.</param>
/// <param name="Clips">Logits of each clip.</param>
/// <param name="Mean">Their mean: what the video is recognised by.</param>
internal sealed record ScoredVideo(string Video, int Class, IReadOnlyList<float[]> Clips, float[] Mean);
