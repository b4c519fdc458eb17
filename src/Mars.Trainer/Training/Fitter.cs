using System.Diagnostics;
using System.Text.Json;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Training;

/// <summary>Trains a network, phase by phase, and leaves a checkpoint after each epoch: the last one, and the one with the lowest validation loss.</summary>
internal sealed class Fitter : IDisposable
{
    private readonly FitOptions _options;
    private readonly IReadOnlyList<FitPhase> _phases;
    private readonly Teacher? _teacher;
    private readonly FrameSet _training;
    private readonly FrameSet _validation;
    private readonly FrameCache _cache;
    private readonly string _run;
    private readonly Device _device;
    private readonly ResNeXt3D _network;
    private readonly FileStream _owned;
    private LoadedCheckpoint? _resumed;
    private RunState _state;

    /// <param name="run">Folder of the run. A checkpoint that lies there is gone on from.</param>
    /// <param name="fresh">The state of a run that begins.</param>
    /// <param name="phases">What is learnt, in order.</param>
    /// <param name="teacher">What it is learnt from, if there is one; stays the caller's.</param>
    /// <param name="pretrained">First weights, if they are not drawn; stays the caller's.</param>
    /// <param name="training">Videos to learn from.</param>
    /// <param name="validation">Videos that only the schedule and the choice of the best epoch see.</param>
    /// <param name="cache">Holds files of both.</param>
    /// <param name="options">How to train.</param>
    public Fitter(
        string run, RunState fresh, IReadOnlyList<FitPhase> phases, Teacher? teacher, NamedNetwork? pretrained, FrameSet training, FrameSet validation, FrameCache cache, FitOptions options)
    {
        (_run, _phases, _teacher, _training, _validation, _cache, _options) = (run, phases, teacher, training, validation, cache, options);
        _device = device(options.Device);
        _owned = Own(run);
        try
        {
            _resumed = Resume(run, fresh);
        }
        catch
        {
            _owned.Dispose();
            throw;
        }
        manual_seed(options.Seed);
        _network = new ResNeXt3D((_resumed?.State ?? fresh).Shape) { Precision = options.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32 };
        _state = _resumed is null ? fresh : _resumed.State with { Options = fresh.Options }; // as many epochs as are wanted now
        if (_resumed is not null)
            _network.load_state_dict(_resumed.Network.state_dict());
        else if (pretrained is not null)
            InitialWeights.Apply(_network, fresh.Labels, pretrained);
        _network.to(_device);
        teacher?.Network.to(_device);
    }

    /// <summary>Epochs that have been trained already.</summary>
    public int Epoch => _state.Epoch;

    /// <summary>Trains until all epochs are done or it is cancelled. What the running epoch learnt is lost then; what is on disk stays whole.</summary>
    public void Run(IFitProgress progress, CancellationToken cancellation)
    {
        foreach (var phase in _phases.Where(p => p.End > _state.Epoch))
            RunPhase(phase, progress, cancellation);
    }

    public void Dispose()
    {
        _resumed?.Dispose();
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

    // What a run has learnt means nothing to another network or to other labels.
    private static LoadedCheckpoint? Resume(string run, RunState fresh)
    {
        var last = Path.Combine(run, Checkpoint.LastName);
        if (!File.Exists(last))
            return null;
        var resumed = Checkpoint.Load(last);
        var old = resumed.State;
        var other = old.Stream != fresh.Stream ? $"stream {old.Stream}"
            : !old.Labels.SequenceEqual(fresh.Labels) ? "other labels"
            : JsonSerializer.Serialize(old.Shape) != JsonSerializer.Serialize(fresh.Shape) ? $"another network ({old.Shape.Depth} layers, planes {string.Join("-", old.Shape.Planes)}, {old.Shape.Frames} frames of {old.Shape.Size})"
            : RunState.Difference(old.Options, fresh.Options) is { } options ? $"other options ({options})"
            : null;
        if (other is null)
            return resumed;
        resumed.Dispose();
        throw new InvalidDataException($"{run} holds a training of {other}: give the options that it was begun with, or another --run");
    }

    private void RunPhase(FitPhase phase, IFitProgress progress, CancellationToken cancellation)
    {
        var schedule = _options.CreateSchedule(phase.Epochs);
        using var trainer = new EpochTrainer(_network, phase.Objective, _training, _cache, _options, _device);
        if (_resumed is not null && _state.Epoch > phase.First)
        {
            trainer.Optimizer.Restore(_resumed.Momentum, _device);
            schedule.Restore(_state.Schedule);
        }
        else
        {
            _state = _state with { BestLoss = double.MaxValue, BestEpoch = phase.First };
        }
        _resumed?.Dispose();
        _resumed = null;

        var evaluator = new VideoEvaluator(_cache, _options.BatchSize, _options.Workers, _device);
        var teacher = phase.Objective.WatchesTeacher ? _teacher : null;
        var clock = Stopwatch.StartNew();
        var begun = _state.Epoch;
        while (_state.Epoch < phase.End)
        {
            var epoch = _state.Epoch;
            if (_options.EarlyStop > 0 && epoch - _state.BestEpoch >= _options.EarlyStop) // here, so that a training that ended so ends at once when it is given again
            {
                progress.Note($"The validation loss has not improved for {_options.EarlyStop} epochs: stopped.");
                _state = _state with { Epoch = phase.End };
                break;
            }
            var size = epoch < _options.SmallEpochs ? FitOptions.SmallSize : _network.Shape.Size;
            var trained = trainer.Run(epoch, size, at => schedule.Rate(epoch - phase.First + at), progress, cancellation);
            var validation = evaluator.Run(_network, _validation, new EvaluationOptions { Size = size, Teacher = teacher }, null, cancellation);
            var watched = teacher is null ? validation.Loss : validation.TeacherDistance;
            if (!double.IsFinite(watched))
                throw new InvalidOperationException($"the validation loss of epoch {epoch + 1} is no longer a number: train again with a lower --lr, a lower --alpha or a --warmup of a few epochs");
            var comparable = epoch != _options.SmallEpochs; // losses at another size are not
            schedule.EpochEnded(watched, comparable);
            var best = watched < _state.BestLoss || !comparable;
            _state = _state with
            {
                Epoch = epoch + 1,
                Schedule = schedule.Save(),
                BestLoss = best ? watched : _state.BestLoss,
                BestEpoch = best ? epoch + 1 : _state.BestEpoch,
                Metrics = new Dictionary<string, double>
                {
                    ["loss"] = trained.Classification,
                    ["distillation_loss"] = trained.Distillation,
                    ["clip_accuracy"] = trained.Accuracy,
                    ["validation_loss"] = watched,
                    ["validation_video_accuracy"] = validation.VideoAccuracy,
                },
            };
            var report = new EpochReport
            {
                Epoch = epoch + 1,
                Epochs = _phases[^1].End,
                Trained = trained,
                ValidationLoss = watched,
                ValidationAccuracy = validation.VideoAccuracy,
                Rate = schedule.Rate(epoch + 1 - phase.First),
                Remaining = clock.Elapsed / (epoch + 1 - begun) * (_phases[^1].End - epoch - 1),
                Best = best,
            };
            EpochLog.Append(_run, report); // first: killed after it, the epoch is trained again and writes its row again
            if (best)
                Checkpoint.Save(Path.Combine(_run, Checkpoint.BestName), _network, trainer.Optimizer.Velocities, _state);
            Checkpoint.Save(Path.Combine(_run, Checkpoint.LastName), _network, trainer.Optimizer.Velocities, _state);
            progress.EpochDone(report);
        }
    }
}
