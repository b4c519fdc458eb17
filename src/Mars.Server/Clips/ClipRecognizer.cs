using Google.Protobuf.WellKnownTypes;
using Mars.Inference.Batching;
using Mars.Inference.Frames;
using Mars.Inference.Models;
using Mars.Inference.Serving;
using Mars.Inference.Windowing;
using Mars.Server.Streams;
using Mars.V1;

namespace Mars.Server.Clips;

/// <summary>
/// Recognises one video: all its non-overlapping clips at the model's rate, and the mean of their logits, as the authors measure. A video shorter than a clip
/// loops, as theirs do. Used for one call.
/// </summary>
internal sealed class ClipRecognizer : IWindowSink, IDisposable
{
    private readonly ServedModel _model;
    private readonly TimeProvider _time;
    private readonly CameraWindow _window;
    private readonly CameraQueue _queue;
    private readonly PredictionComposer _composer;
    private readonly List<Prediction> _clips = [];
    private readonly float[] _logits;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay = 1;
    private volatile bool _failed;

    public ClipRecognizer(ServedModel model, int topK, int windowsInFlight, TimeProvider time)
    {
        _model = model;
        _time = time;
        var shape = model.Scheduler.Shape;
        _logits = new float[shape.Classes];
        var settings = new StreamSettings { CameraId = "", Model = model, Stride = shape.Length, EveryWindow = true, TopK = topK };
        _composer = new PredictionComposer(settings);
        var options = new WindowOptions
        {
            ClipLength = shape.Length,
            FrameBytes = shape.FrameBytes,
            FrameRate = model.Package.Manifest.FrameRate,
            Stride = shape.Length,
            MaxWaiting = windowsInFlight,
            MaxGap = TimeSpan.FromDays(1),
        };
        _window = new CameraWindow(options, time);
        _queue = model.Scheduler.Add(_window.Ring, this, new QueueOptions { EveryWindow = true, Capacity = windowsInFlight });
    }

    /// <summary>Height and width of the frames that the model takes.</summary>
    public int FrameSide => _model.Scheduler.Shape.Size;

    /// <summary>A frame's way into its place in the ring.</summary>
    public delegate FrameStatus FrameWriter(Span<byte> slot);

    /// <summary>Takes the next frame.</summary>
    public async ValueTask<FrameStatus> AddAsync(ulong sequence, DateTimeOffset time, bool timed, FrameWriter write, CancellationToken cancellation)
    {
        var sample = _window.Sample(time);
        if (sample.Kind != SampleKind.Ticks)
            return FrameStatus.Ok;
        for (var i = 0; i < sample.RepeatPrevious; i++)
            await RepeatAsync(cancellation).ConfigureAwait(false);
        var status = write(_window.Next);
        if (status != FrameStatus.Ok)
            return status;
        _window.Commit(new RingFrame(sequence, time, timed, _time.GetTimestamp()), sample);
        await OfferAsync(cancellation).ConfigureAwait(false);
        for (var i = 1; i < sample.RepeatCurrent; i++)
            await RepeatAsync(cancellation).ConfigureAwait(false);
        return FrameStatus.Ok;
    }

    /// <summary>Waits for the last clip and sums up; null when a run failed.</summary>
    public async Task<RecognizeResponse?> FinishAsync(CancellationToken cancellation)
    {
        for (var left = _window.Remaining(); left > 0; left--)
            await RepeatAsync(cancellation).ConfigureAwait(false);
        for (var tick = 0L; _window.RunTicks < _model.Scheduler.Shape.Length; tick++)
        {
            _window.Ring.Repeat(tick);
            await OfferAsync(cancellation).ConfigureAwait(false);
        }
        Leave();
        await _idle.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return _failed ? null : Summarize();
    }

    void IWindowSink.Answer(in Window window, ReadOnlySpan<float> logits, WindowTimes times, ModelPackage model)
    {
        var clip = _composer.Compose(window, logits, times);
        clip.ServerTime = Duration.FromTimeSpan(_time.GetElapsedTime(window.Last.Received));
        _clips.Add(clip);
        for (var i = 0; i < logits.Length; i++)
            _logits[i] += logits[i];
        _queue.Release();
        Leave();
    }

    void IWindowSink.Drop(in Window window, WindowOutcome outcome)
    {
        _failed = true;
        _queue.Release();
        Leave();
    }

    void IWindowSink.Retire()
    {
        // One call stays with one version, which is kept until it has answered.
    }

    public void Dispose() => _queue.Dispose();

    private RecognizeResponse Summarize()
    {
        for (var i = 0; i < _logits.Length; i++)
            _logits[i] /= _clips.Count;
        var response = new RecognizeResponse { Model = _model.Package.ToRef() };
        response.Actions.AddRange(_composer.Compose(default, _logits, default).Actions);
        response.Clips.AddRange(_clips);
        return response;
    }

    private ValueTask RepeatAsync(CancellationToken cancellation)
    {
        _window.Repeat();
        return OfferAsync(cancellation);
    }

    private async ValueTask OfferAsync(CancellationToken cancellation)
    {
        if (!_window.TryTake(out var window))
            return;
        Interlocked.Increment(ref _underWay);
        await _queue.EnqueueAsync(window, cancellation).ConfigureAwait(false);
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            _idle.TrySetResult();
    }
}
