using Mars.Inference.Sessions;
using Mars.Trainer.Data;

namespace Mars.Trainer.Evaluation;

/// <summary>Recognises the videos of a set as <see cref="VideoEvaluator"/> does, with a graph in ONNX Runtime.</summary>
internal static class PackageEvaluator
{
    /// <param name="session">Of the graph.</param>
    /// <param name="set">Its labels in the order of the graph's logits.</param>
    /// <param name="workers">Threads that decode.</param>
    /// <param name="progress">Told (clips done, clips in all).</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static VideoScores Score(OrtClipSession session, FrameSet set, int workers, Action<int, int>? progress, CancellationToken cancellation)
    {
        var shape = session.Shape;
        var flow = shape.Channels == 2;
        if (flow)
            set = set.ForFlow();
        var loader = new ClipLoader(set, new FrameCache(0), flow ? Modality.Flow : Modality.Rgb, shape.Length, shape.Size, workers);
        var plan = ClipPlan.Test(set, shape.Length, session.MaxBatch);
        var logits = set.Videos.ToDictionary(v => v, _ => new List<float[]>());
        int done = 0, all = plan.Sum(batch => batch.Count);
        foreach (var batch in loader.Load(plan, cancellation))
        {
            for (var i = 0; i < batch.Count; i++)
                (flow ? batch.FlowClip(i) : batch.RgbClip(i)).CopyTo(session.Input(i));
            session.Run(batch.Count);
            for (var i = 0; i < batch.Count; i++)
                logits[batch.Requests[i].Video].Add(session.Logits(i).ToArray());
            done += batch.Count;
            progress?.Invoke(done, all);
        }
        return new VideoScores(set.Labels, [.. set.Videos.Select(v => new ScoredVideo(v.Video, set.ClassOf(v), logits[v], VideoScores.Average(logits[v])))]);
    }
}
