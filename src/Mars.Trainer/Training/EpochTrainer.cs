using System.Diagnostics;
using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using static TorchSharp.torch;

namespace Mars.Trainer.Training;

/// <summary>Goes through the training videos once an epoch, a step of the optimizer a batch.</summary>
internal sealed class EpochTrainer : IDisposable
{
    private static readonly string[] LayerOrder = ["layer1", "layer2", "layer3", "layer4", "fc"];

    private readonly ResNeXt3D _network;
    private readonly IObjective _objective;
    private readonly FrameSet _training;
    private readonly FrameCache _cache;
    private readonly FitOptions _options;
    private readonly Device _device;

    public EpochTrainer(ResNeXt3D network, IObjective objective, FrameSet training, FrameCache cache, FitOptions options, Device device)
    {
        (_network, _objective, _cache, _options, _device) = (network, objective, cache, options, device);
        _training = objective.Modality.HasFlag(Modality.Flow) ? training.ForFlow() : training;
        foreach (var (name, parameter) in network.named_parameters())
            parameter.requires_grad = Learns(name);
        Optimizer = new MomentumSgd(network.named_parameters().Where(p => Learns(p.name)).Select(p => (p.name, p.parameter)), options.Momentum, options.Nesterov ? 0 : options.Dampening, options.WeightDecay, options.Nesterov);
    }

    public MomentumSgd Optimizer { get; }

    /// <param name="epoch">Counted from 0.</param>
    /// <param name="size">Side of the clips, in pixels.</param>
    /// <param name="rate">The learning rate after a part of the epoch.</param>
    /// <param name="progress">Told of each batch.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public TrainedEpoch Run(int epoch, int size, Func<double, double> rate, IFitProgress progress, CancellationToken cancellation)
    {
        _objective.SetMode(_network);
        var shape = _network.Shape with { Size = size };
        var loader = new ClipLoader(_training, _cache, _objective.Modality, shape.Frames, size, _options.Workers);
        var clock = Stopwatch.StartNew();
        var plan = Enumerable.Range(0, _options.ClipsPerVideo)
            .SelectMany(pass => ClipPlan.Training(_training, shape.Frames, _options.BatchSize, _options.Seed, (epoch * _options.ClipsPerVideo) + pass, _options.CropScales))
            .ToList();
        var parts = plan.SelectMany((batch, i) => batch.Chunk((batch.Count + _options.Accumulate - 1) / _options.Accumulate).Select(part => (Batch: i, Part: part))).ToList();
        int clips = 0, right = 0, part = 0;
        double classification = 0, distillation = 0;
        foreach (var loaded in loader.Load([.. parts.Select(p => p.Part)], cancellation))
        {
            var batch = parts[part].Batch;
            if (part == 0 || parts[part - 1].Batch != batch)
                Optimizer.ZeroGradients();
            var losses = Backward(loaded, shape, (double)loaded.Count / plan[batch].Count);
            if (++part == parts.Count || parts[part].Batch != batch)
            {
                Optimizer.Step(rate((double)batch / plan.Count));
                progress.BatchDone(epoch + 1, batch + 1, plan.Count, losses.Total);
            }
            classification += losses.Classification * loaded.Count;
            distillation += losses.Distillation * loaded.Count;
            right += losses.Right;
            clips += loaded.Count;
        }
        return new TrainedEpoch(classification / clips, distillation / clips, (double)right / clips, clips / clock.Elapsed.TotalSeconds);
    }

    public void Dispose() => Optimizer.Dispose();

    private StepLosses Backward(ClipBatch batch, NetworkShape shape, double share)
    {
        using var scope = NewDisposeScope();
        var losses = _objective.Backward(_network, ClipTensors.From(batch, shape, _device), share);
        return double.IsFinite(losses.Total)
            ? losses
            : throw new InvalidOperationException("the loss is no longer a number: train again with a lower --lr, a lower --alpha or a --warmup of a few epochs");
    }

    // As the authors, whose earlier layers have the learning rate 0: their batch norms still see the new data.
    private bool Learns(string name)
    {
        if (!_objective.Learns(name))
            return false;
        if (_options.FinetuneFrom is not { } first)
            return true;
        var layer = Array.FindIndex(LayerOrder, l => name.StartsWith(l + ".", StringComparison.Ordinal));
        return layer >= Array.IndexOf(LayerOrder, first);
    }
}
