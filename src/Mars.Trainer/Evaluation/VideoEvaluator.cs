using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Evaluation;

/// <summary>Recognises every video of a set as the paper does: all non-overlapping clips, centre crop, mean of the logits, highest one.</summary>
internal sealed class VideoEvaluator(FrameCache cache, int batchSize, int workers, Device device)
{
    /// <summary>The accuracies of one network.</summary>
    /// <param name="network">Is left in evaluation mode.</param>
    /// <param name="set">Its labels in the order of the network's logits.</param>
    /// <param name="options">What differs from the paper.</param>
    /// <param name="progress">Told (clips done, clips in all).</param>
    /// <param name="cancellation">Stops between batches.</param>
    public EvaluationResult Run(ResNeXt3D network, FrameSet set, EvaluationOptions options, Action<int, int>? progress, CancellationToken cancellation) =>
        EvaluationResult.From(Score(network, set, options, progress, cancellation));

    /// <summary>The logits of one network, to be added to others'. Parameters as for <see cref="Run"/>.</summary>
    public VideoScores Score(ResNeXt3D network, FrameSet set, EvaluationOptions options, Action<int, int>? progress, CancellationToken cancellation)
    {
        var shape = network.Shape with { Size = options.Size ?? network.Shape.Size };
        var modality = network.Shape.InputChannels == 2 ? Modality.Flow : Modality.Rgb;
        if (options.Teacher is not null)
            modality |= Modality.Flow;
        if (modality.HasFlag(Modality.Flow))
            set = set.ForFlow();
        var logits = set.Videos.ToDictionary(v => v, _ => new List<float[]>());
        var distance = 0.0;
        network.eval();
        using var frozen = no_grad();
        var loader = new ClipLoader(set, cache, modality, shape.Frames, shape.Size, workers);
        var plan = ClipPlan.Test(set, shape.Frames, batchSize, options.Static);
        int done = 0, all = plan.Sum(batch => batch.Count);
        foreach (var batch in loader.Load(plan, cancellation))
        {
            using var scope = NewDisposeScope();
            var clips = ClipTensors.From(batch, shape, device);
            var output = network.forward(clips.For(network));
            if (options.Teacher is { } teacher)
                distance += teacher.Distance(output, clips).ToDouble() * batch.Count;
            var values = output.Logits.cpu().data<float>().ToArray();
            for (var i = 0; i < batch.Count; i++)
                logits[batch.Requests[i].Video].Add(values[(i * shape.Classes)..((i + 1) * shape.Classes)]);
            done += batch.Count;
            progress?.Invoke(done, all);
        }
        return new VideoScores(set.Labels, [.. set.Videos.Select(v => new ScoredVideo(v.Video, set.ClassOf(v), logits[v], VideoScores.Average(logits[v])))], distance / Math.Max(1, all));
    }
}
