using Grpc.Core;
using Mars.Inference.Batching;
using Mars.Inference.Diagnostics;
using Mars.Inference.Models;
using Mars.Inference.Windowing;
using Mars.Server.Errors;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>One open RecognizeStream call. Frames are read by the call itself, windows are answered by the inference thread, replies leave through one writer.</summary>
internal sealed class CameraSession : IWindowSink, IWindowConsumer, IDisposable
{
    private readonly StreamSettings _settings;
    private readonly StreamServices _services;
    private readonly CameraStatus _status;
    private readonly PredictionComposer _composer;
    private readonly FrameIntake _intake;
    private readonly FrameQueue _frames;
    private readonly CameraQueue _queue;
    private readonly Outbox<Reply> _outbox;
    private readonly DropTally _drops = new();
    private readonly string? _camera; // in the tags of metrics
    private readonly CancellationTokenSource _replaced = new();
    private readonly CancellationTokenSource _retired = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _composing = new();
    private int _underWay = 1; // the reader itself, then every window that has not ended

    public CameraSession(StreamSettings settings, StreamServices services)
    {
        _settings = settings;
        _services = services;
        _camera = services.Metrics.CameraTag(settings.CameraId);
        _status = new CameraStatus(settings.CameraId, settings.Model.Package.ToRef(), services.Time);
        _composer = new PredictionComposer(settings);
        _outbox = new Outbox<Reply>(services.Options.MaxReplies, MayBeLost, _ => !settings.EveryWindow, OnLost);
        _intake = new FrameIntake(settings, services, _status, this);
        _frames = new FrameQueue(TimeSpan.FromSeconds(services.Options.FrameDeadlineSeconds), services.Decoders, services.Time, _intake.Late);
        _status.Frames = _intake.Window.Ring;
        _queue = settings.Model.Scheduler.Add(
            _intake.Window.Ring,
            this,
            new QueueOptions
            {
                EveryWindow = settings.EveryWindow,
                Capacity = services.Options.WindowsInFlight,
                Weight = settings.Weight,
                Deadline = settings.Deadline,
                Stride = TimeSpan.FromSeconds(settings.Stride / settings.Model.Package.Manifest.FrameRate),
                Follows = settings.Follows,
            });
    }

    /// <summary>Serves the camera until it ends its stream, goes away, is taken over, or the server stops.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<RecognizeStreamRequest> requests, IServerStreamWriter<RecognizeStreamResponse> responses, CancellationToken call, CancellationToken stopping)
    {
        _services.Cameras.Open(_status, _replaced);
        try
        {
            _outbox.Add(new Reply(new RecognizeStreamResponse { Opened = Opened() }));
            var writing = WriteAsync(responses, call);
            await ReadAsync(requests, call, stopping).ConfigureAwait(false);
            Leave();
            await _idle.Task.WaitAsync(call).ConfigureAwait(false);
            TellEvents(_composer.Finish());
            if (stopping.IsCancellationRequested)
                Tell(new Notice { Kind = Notice.Types.Kind.Draining, Detail = "this server is stopping" });
            else if (_retired.IsCancellationRequested)
                Tell(new Notice { Kind = Notice.Types.Kind.ModelChanged, Detail = "the model takes other clips now: open the stream again" });
            _outbox.Complete();
            await writing.ConfigureAwait(false);
        }
        finally
        {
            _outbox.Complete();
            _services.Cameras.Close(_status);
        }
        if (_replaced.IsCancellationRequested)
            throw RpcErrors.Replaced(_settings.CameraId);
        if (stopping.IsCancellationRequested)
            throw RpcErrors.Draining();
        if (_retired.IsCancellationRequested)
            throw RpcErrors.ModelChanged();
    }

    void IWindowSink.Answer(in Window window, ReadOnlySpan<float> logits, WindowTimes times, ModelPackage model)
    {
        lock (_composing)
        {
            if (model != _composer.Package)
                Change(model);
            foreach (var notice in _drops.Take())
                Tell(notice);
            var prediction = _composer.Compose(window, logits, times);
            _status.WindowAnswered();
            // A copy: the writer still fills in the server's time.
            _services.Cameras.Publish(_settings.CameraId, () => new CameraUpdate { Prediction = prediction.Clone() }, prediction: true);
            _outbox.Add(new Reply(new RecognizeStreamResponse { Prediction = prediction }, window.Last.Received, model.Key, window.Trace));
            TellEvents(_composer.Events(window));
        }
        Leave();
    }

    void IWindowSink.Drop(in Window window, WindowOutcome outcome)
    {
        _status.WindowDropped();
        Tracing.End(window.Trace, outcome.ToTag());
        if (outcome == WindowOutcome.Failed)
            Tell(new Notice { Kind = Notice.Types.Kind.Expired, FirstSequence = window.First.Sequence, LastSequence = window.Last.Sequence, Detail = "the model failed on this window" });
        else
            _drops.Add(window, outcome);
        _queue.Release();
        Leave();
    }

    void IWindowSink.Retire() => _ = _retired.CancelAsync();

    public void Dispose()
    {
        _queue.Dispose();
        _frames.Dispose();
        _retired.Dispose();
        _outbox.Dispose();
        _replaced.Dispose();
    }

    private async Task ReadAsync(IAsyncStreamReader<RecognizeStreamRequest> requests, CancellationToken call, CancellationToken stopping)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(call, stopping, _replaced.Token, _retired.Token);
        try
        {
            var arrivals = _settings.EveryWindow ? FrameReader.EveryAsync(requests, _services.Decoders, _services.Time, linked.Token) : FrameReader.LiveAsync(requests, _frames, linked.Token);
            await foreach (var (frame, received) in arrivals.ConfigureAwait(false))
            {
                if (!_settings.EveryWindow)
                    _queue.Scheduler.Ladder.FrameTaken();
                if (!await _intake.AcceptAsync(frame, received, linked.Token).ConfigureAwait(false))
                    continue;
                lock (_composing)
                    TellEvents(_composer.Finish());
            }
            await _intake.FinishAsync(linked.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!call.IsCancellationRequested && linked.IsCancellationRequested && exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // The server stops, another connection has taken over, or the model takes other clips: what is under way is still answered.
        }
    }

    private async Task WriteAsync(IServerStreamWriter<RecognizeStreamResponse> responses, CancellationToken call)
    {
        await foreach (var reply in _outbox.ReadAllAsync(call).ConfigureAwait(false))
        {
            if (reply.Message.Prediction is not { } prediction)
            {
                await responses.WriteAsync(reply.Message, call).ConfigureAwait(false);
                continue;
            }
            var serverTime = _services.Time.GetElapsedTime(reply.Received);
            prediction.ServerTime = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(serverTime);
            using (Tracing.StartChild("reply", reply.Trace))
            {
                await responses.WriteAsync(reply.Message, call).ConfigureAwait(false);
                var sinceCapture = prediction.CaptureTime is { } captured ? _services.Time.GetUtcNow() - captured.ToDateTimeOffset() : (TimeSpan?)null;
                _services.Metrics.Decided(reply.Model, sinceCapture, serverTime, _camera);
            }
            Tracing.End(reply.Trace, WindowOutcome.Answered.ToTag());
            _queue.Release();
        }
    }

    int IWindowConsumer.StrideFactor => _queue.Scheduler.Ladder.StrideFactor;

    void IWindowConsumer.Late(ulong sequence)
    {
        _queue.Scheduler.Ladder.FrameLate();
        _drops.AddFrame(sequence);
    }

    ValueTask IWindowConsumer.WhenTakenAsync(CancellationToken cancellation) => _queue.WhenTakenAsync(cancellation);

    async ValueTask IWindowConsumer.EnqueueAsync(Window window, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            await _queue.EnqueueAsync(window, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Leave();
            throw;
        }
    }

    // The events of the old version's labels end; the next ones are the new version's.
    private void Change(ModelPackage model)
    {
        var detail = $"{_composer.Package.Key} -> {model.Key}";
        TellEvents(_composer.Finish());
        _composer.Use(model);
        _status.Model = model.ToRef();
        Tell(new Notice { Kind = Notice.Types.Kind.ModelChanged, Detail = detail });
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            _idle.TrySetResult();
    }

    void IWindowConsumer.Tell(Notice notice) => Tell(notice);

    private void Tell(Notice notice)
    {
        _services.Cameras.Publish(_settings.CameraId, () => new CameraUpdate { Notice = notice });
        _outbox.Add(new Reply(new RecognizeStreamResponse { Notice = notice }));
    }

    private void TellEvents(IEnumerable<ActionEvent> events)
    {
        foreach (var actionEvent in events)
        {
            _services.Metrics.ActionSeen(actionEvent.Label, actionEvent.Phase == ActionEvent.Types.Phase.Started);
            _services.Cameras.Publish(_settings.CameraId, () => new CameraUpdate { Event = actionEvent });
            if (_settings.TellsEvents)
                _outbox.Add(new Reply(new RecognizeStreamResponse { Event = actionEvent }));
        }
    }

    private StreamOpened Opened() => new()
    {
        Model = _settings.Model.Package.ToRef(),
        ClipLength = (uint)_settings.Model.Scheduler.Shape.Length,
        Stride = (uint)_settings.Stride,
        FrameRate = _settings.Model.Package.Manifest.FrameRate,
    };

    // Every-window promises an outcome for each window, and has no more of them under way than its queue allows: then only notices of other things may go.
    private bool MayBeLost(Reply reply) => _settings.EveryWindow ? reply.Message.Notice is { Kind: not Notice.Types.Kind.Expired } : reply.IsPrediction || reply.Message.Notice is not null;

    private void OnLost(Reply reply)
    {
        if (!reply.IsPrediction)
            return;
        _status.WindowDropped();
        Tracing.End(reply.Trace, "unread");
        _queue.Release();
    }
}
