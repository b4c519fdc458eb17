using System.Diagnostics;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Training;

/// <summary>Trains a network by cross-entropy and leaves a checkpoint after each epoch: the last one, and the one with the lowest validation loss.</summary>
internal sealed class Fitter : IDisposable
{
    private readonly FitOptions _options;
    private readonly FrameSet _training;
    private readonly FrameSet _validation;
    private readonly FrameCache _cache;
    private readonly string _run;
    private readonly Device _device;
    private readonly ResNeXt3D _network;
    private readonly MomentumSgd _optimizer;
    private readonly ILearningRateSchedule _schedule;
    private readonly FileStream _owned;
    private RunState _state;

    /// <param name="run">Folder of the run. A checkpoint that lies there is gone on from.</param>
    /// <param name="fresh">The state of a run that begins.</param>
    /// <param name="training">Videos to learn from.</param>
    /// <param name="validation">Videos that only the schedule and the choice of the best epoch see.</param>
    /// <param name="cache">Holds frames of both.</param>
    /// <param name="options">How to train.</param>
    public Fitter(string run, RunState fresh, FrameSet training, FrameSet validation, FrameCache cache, FitOptions options)
    {
        (_run, _training, _validation, _cache, _options) = (run, training, validation, cache, options);
        _device = device(options.Device);
        _schedule = options.CreateSchedule();
        _owned = Own(run);
        var last = Path.Combine(run, Checkpoint.LastName);
        using var loaded = File.Exists(last) ? Checkpoint.Load(last) : null;
        manual_seed(options.Seed);
        _network = new ResNeXt3D((loaded?.State ?? fresh).Shape);
        _state = loaded is null ? fresh : loaded.State with { Options = fresh.Options };
        if (loaded is not null)
        {
            using var frozen = no_grad();
            _network.load_state_dict(loaded.Network.state_dict());
            _schedule.Restore(_state.Schedule);
        }
        _network.to(_device);
        _optimizer = new MomentumSgd(_network.named_parameters().Select(p => (p.name, p.parameter)), options.Momentum, options.Dampening, options.WeightDecay);
        if (loaded is not null)
            _optimizer.Restore(loaded.Momentum, _device);
    }

    /// <summary>Epochs that have been trained already.</summary>
    public int Epoch => _state.Epoch;

    /// <summary>Trains until all epochs are done or it is cancelled. What the running epoch learnt is lost then; what is on disk stays whole.</summary>
    public void Run(IFitProgress progress, CancellationToken cancellation)
    {
        var evaluator = new VideoEvaluator(_cache, _options.BatchSize, _options.Workers, _device);
        var clock = Stopwatch.StartNew();
        var first = _state.Epoch;
        while (_state.Epoch < _options.Epochs)
        {
            var (loss, accuracy, speed) = TrainEpoch(_state.Epoch, progress, cancellation);
            var validation = evaluator.Run(_network, _validation, null, cancellation, SizeIn(_state.Epoch));
            _schedule.EpochEnded(validation.Loss);
            var best = validation.Loss < _state.BestLoss || _state.Epoch == _options.SmallEpochs; // losses at another size do not compare
            var epoch = _state.Epoch + 1;
            _state = _state with
            {
                Epoch = epoch,
                Schedule = _schedule.Save(),
                BestLoss = best ? validation.Loss : _state.BestLoss,
                Metrics = new Dictionary<string, double>
                {
                    ["loss"] = loss,
                    ["clip_accuracy"] = accuracy,
                    ["validation_loss"] = validation.Loss,
                    ["validation_video_accuracy"] = validation.VideoAccuracy,
                },
            };
            if (best)
                Checkpoint.Save(Path.Combine(_run, Checkpoint.BestName), _network, _optimizer.Velocities, _state);
            Checkpoint.Save(Path.Combine(_run, Checkpoint.LastName), _network, _optimizer.Velocities, _state);
            var remaining = clock.Elapsed / (epoch - first) * (_options.Epochs - epoch);
            var report = new EpochReport(
                epoch, _options.Epochs, loss, accuracy, validation.Loss, validation.VideoAccuracy, _schedule.Rate(epoch), speed, remaining, best);
            EpochLog.Append(_run, report);
            progress.EpochDone(report);
        }
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        _owned.Dispose();
    }

    // Two processes on one run would write over each other's checkpoints. The system lets go of the file when a process dies.
    private static FileStream Own(string run)
    {
        Directory.CreateDirectory(run);
        try
        {
            return new FileStream(Path.Combine(run, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e)
        {
            throw new IOException($"another process is training in {run}: wait for its end, or give another --run", e);
        }
    }

    private int SizeIn(int epoch) => epoch < _options.SmallEpochs ? FitOptions.SmallSize : _network.Shape.Size;

    private (double Loss, double Accuracy, double Speed) TrainEpoch(int epoch, IFitProgress progress, CancellationToken cancellation)
    {
        _network.train();
        var shape = _network.Shape with { Size = SizeIn(epoch) };
        var loader = new ClipLoader(_training, _cache, shape.Frames, shape.Size, _options.Workers);
        var clock = Stopwatch.StartNew();
        var plan = Enumerable.Range(0, _options.ClipsPerVideo)
            .SelectMany(pass => ClipPlan.Training(_training, _network.Shape.Frames, _options.BatchSize, _options.Seed, (epoch * _options.ClipsPerVideo) + pass, _options.CropScales))
            .ToList();
        int clips = 0, right = 0, done = 0;
        var losses = 0.0;
        foreach (var batch in loader.Load(plan, cancellation))
        {
            var (loss, correct) = Step(batch, shape, _schedule.Rate(epoch + ((double)done / plan.Count)));
            losses += loss * batch.Count;
            right += correct;
            clips += batch.Count;
            progress.BatchDone(epoch + 1, ++done, plan.Count, loss);
        }
        return (losses / clips, (double)right / clips, clips / clock.Elapsed.TotalSeconds);
    }

    private (double Loss, int Right) Step(ClipBatch batch, NetworkShape shape, double rate)
    {
        using var scope = NewDisposeScope();
        var input = ClipInput.FromRgb(batch.Clips, batch.Count, shape, _device);
        var classes = tensor(batch.Classes, device: _device);
        var logits = _network.forward(input).Logits;
        var loss = nn.functional.cross_entropy(logits, classes);
        _optimizer.ZeroGradients();
        loss.backward();
        _optimizer.Step(rate);
        var value = loss.ToDouble();
        if (!double.IsFinite(value))
            throw new InvalidOperationException("the loss is no longer a number: train again with a lower --lr or a --warmup of a few epochs");
        return (value, (int)logits.argmax(1).eq(classes).sum().ToInt64());
    }
}
