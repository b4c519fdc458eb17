using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Evaluation;

/// <summary>Recognises every video of a set as the paper does: all non-overlapping clips, centre crop, mean of the logits, highest one.</summary>
internal sealed class VideoEvaluator(FrameCache cache, int batchSize, int workers, Device device)
{
    /// <param name="network">Is left in evaluation mode.</param>
    /// <param name="set">Its labels in the order of the network's logits.</param>
    /// <param name="progress">Told (clips done, clips in all).</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <param name="size">Side of the clips in pixels, if it is not the network's.</param>
    public EvaluationResult Run(ResNeXt3D network, FrameSet set, Action<int, int>? progress, CancellationToken cancellation, int? size = null)
    {
        var shape = network.Shape with { Size = size ?? network.Shape.Size };
        var sums = new Dictionary<VideoEntry, float[]>();
        int clips = 0, right = 0;
        var loss = 0.0;
        network.eval();
        using var frozen = no_grad();
        var loader = new ClipLoader(set, cache, shape.Frames, shape.Size, workers);
        var plan = ClipPlan.Test(set, shape.Frames, batchSize);
        var all = plan.Sum(batch => batch.Count);
        foreach (var batch in loader.Load(plan, cancellation))
        {
            using var scope = NewDisposeScope();
            var input = ClipInput.FromRgb(batch.Clips, batch.Count, shape, device);
            var logits = network.forward(input).Logits;
            var classes = tensor(batch.Classes, device: device);
            loss += nn.functional.cross_entropy(logits, classes, reduction: nn.Reduction.Sum).ToDouble();
            var values = logits.cpu().data<float>().ToArray();
            for (var i = 0; i < batch.Count; i++)
            {
                var clip = values.AsSpan(i * shape.Classes, shape.Classes);
                if (Highest(clip) == batch.Classes[i])
                    right++;
                if (!sums.TryGetValue(batch.Requests[i].Video, out var sum))
                    sums[batch.Requests[i].Video] = sum = new float[shape.Classes];
                for (var c = 0; c < sum.Length; c++)
                    sum[c] += clip[c];
            }
            clips += batch.Count;
            progress?.Invoke(clips, all);
        }

        var confusion = new int[shape.Classes, shape.Classes];
        foreach (var (video, sum) in sums)
            confusion[set.ClassOf(video), Highest(sum)]++;
        return new EvaluationResult(set.Labels, confusion, clips, right, loss / Math.Max(1, clips));
    }

    private static int Highest(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
                best = i;
        }
        return best;
    }
}
