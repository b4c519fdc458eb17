using System.Diagnostics;
using Mars.Inference.Diagnostics;
using Mars.Inference.Frames;
using Mars.Inference.Windowing;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>The reading half of a camera session: frames in, windows queued. What cannot be used is told and forgotten.</summary>
internal sealed class FrameIntake(StreamSettings settings, StreamServices services, CameraStatus status, IWindowConsumer consumer)
{
    private readonly FrameClock _clock = new(settings.Model.Package.Manifest.FrameRate);
    private readonly FrameDecoder _decoder = new(services.Options.ToFrameLimits(), settings.Model.Scheduler.Shape.Size);
    private readonly string? _camera = services.Metrics.CameraTag(settings.CameraId);
    private RingFrame? _last;
    private ActivityContext _trace; // of the frame in hand

    /// <summary>The camera's window and ring.</summary>
    public CameraWindow Window { get; } = new(
        new WindowOptions
        {
            ClipLength = settings.Model.Scheduler.Shape.Length,
            FrameBytes = settings.Model.Scheduler.Shape.FrameBytes,
            FrameRate = settings.Model.Package.Manifest.FrameRate,
            Stride = settings.Stride,
            MaxWaiting = settings.EveryWindow ? services.Options.WindowsInFlight : 1,
            MaxGap = TimeSpan.FromSeconds(services.Options.MaxGapSeconds),
            ResumeAfter = settings.ResumeAfter,
            ResumeFrom = settings.EveryWindow ? settings.ResumeFrom : null,
            MaySkip = !settings.EveryWindow,
            Phase = services.Cameras.NextPhase(),
        },
        services.Time);

    /// <summary>Takes one frame. In every-window mode it waits while too many windows are under way, and HTTP/2 flow control then slows the sender.</summary>
    /// <param name="frame">As it was sent.</param>
    /// <param name="received">Time stamp of its arrival.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>True if the frame emptied the window.</returns>
    public async ValueTask<bool> AcceptAsync(Frame frame, long received, CancellationToken cancellation)
    {
        services.Metrics.FrameReceived(_camera);
        status.FrameReceived();
        if (!await IsWithinRateAsync(frame, cancellation).ConfigureAwait(false))
            return Reject(frame, FrameLayout.Rate, "the caller sends more than it may", Notice.Types.Kind.RateLimited);
        using var trace = Tracing.StartFrame(frame.Traceparent, settings.CameraId, frame.Sequence);
        _trace = trace?.Context ?? default;
        if (_clock.Check(frame, out var captureTime) is { } fault)
            return Reject(frame, FrameLayout.OutOfOrder, fault);
        var sample = Window.Sample(captureTime);
        if (sample.Kind == SampleKind.Surplus)
            return false;
        if (sample.Kind == SampleKind.Late)
            return Reject(frame, FrameLayout.Late, $"captured before frame {_last!.Value.Sequence}, which is here already");

        for (var i = 0; i < sample.RepeatPrevious; i++)
            await RepeatAsync(cancellation).ConfigureAwait(false);
        Degrade(frame);
        if (!Window.Needs(sample))
        {
            await SkipAsync(frame, captureTime, sample, received, cancellation).ConfigureAwait(false);
            return false;
        }
        var decoded = Decode(frame);
        if (decoded != FrameStatus.Ok)
            return Reject(frame, FrameLayout.Reason(decoded), FrameLayout.Describe(decoded, frame, services.Options));

        if (sample.Restarted)
        {
            TellGap(frame, captureTime);
            // Windows may come further apart now than their stride, and the ring must not come round to those that wait.
            await consumer.WhenTakenAsync(cancellation).ConfigureAwait(false);
        }
        var current = new RingFrame(frame.Sequence, captureTime, frame.CaptureTime is not null, received);
        Window.Commit(current, sample);
        _last = current;
        await OfferAsync(cancellation).ConfigureAwait(false);
        for (var i = 1; i < sample.RepeatCurrent; i++)
            await RepeatAsync(cancellation).ConfigureAwait(false);
        return sample.Restarted;
    }

    /// <summary>The machine had no time for a frame: the ticks that it would have filled go to those beside it.</summary>
    public void Late(Frame frame)
    {
        services.Metrics.FrameReceived(_camera);
        services.Metrics.FrameSkipped(InferenceMetrics.Late);
        status.FrameReceived();
        consumer.Late(frame.Sequence);
    }

    /// <summary>The camera has sent its last frame, which lasts as long as the one before it.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        _trace = default;
        for (var left = Window.Remaining(); left > 0; left--)
            await RepeatAsync(cancellation).ConfigureAwait(false);
    }

    private async ValueTask SkipAsync(Frame frame, DateTimeOffset captureTime, Sample sample, long received, CancellationToken cancellation)
    {
        services.Metrics.FrameSkipped(InferenceMetrics.BetweenWindows);
        Window.Skip(captureTime, sample);
        _last = new RingFrame(frame.Sequence, captureTime, frame.CaptureTime is not null, received);
        for (var i = 1; i < sample.RepeatCurrent; i++)
            await RepeatAsync(cancellation).ConfigureAwait(false);
    }

    private ValueTask RepeatAsync(CancellationToken cancellation)
    {
        Window.Repeat();
        return OfferAsync(cancellation);
    }

    private ValueTask OfferAsync(CancellationToken cancellation)
    {
        if (!Window.TryTake(out var window))
            return ValueTask.CompletedTask;
        var trace = Tracing.StartWindow(_trace, settings.CameraId, window.First.Sequence, window.Last.Sequence);
        return consumer.EnqueueAsync(window with { Trace = trace }, cancellation);
    }

    private FrameStatus Decode(Frame frame)
    {
        var started = services.Time.GetTimestamp();
        var status = _decoder.Decode(frame.Data.Span, FrameLayout.Of(frame.Format), frame.Width, frame.Height, Window.Next);
        if (status == FrameStatus.Ok)
            services.Metrics.FrameDecoded(services.Time.GetElapsedTime(started) - _decoder.Preprocessing, _decoder.Preprocessing);
        return status;
    }

    private void Degrade(Frame frame)
    {
        var factor = settings.EveryWindow ? 1 : consumer.StrideFactor;
        if (factor == Window.StrideFactor)
            return;
        var before = Window.Stride;
        Window.StrideFactor = factor;
        if (Window.Stride != before)
            consumer.Tell(new Notice { Kind = Notice.Types.Kind.Degraded, FirstSequence = frame.Sequence, LastSequence = frame.Sequence, Detail = $"stride {before} -> {Window.Stride}" });
    }

    private bool Reject(Frame frame, string reason, string detail, Notice.Types.Kind kind = Notice.Types.Kind.BadFrame)
    {
        services.Metrics.FrameRejected(reason, _camera);
        status.FrameRejected();
        consumer.Tell(new Notice { Kind = kind, FirstSequence = frame.Sequence, LastSequence = frame.Sequence, Detail = detail });
        return false;
    }

    // Live: a frame beyond the rate would be of no use later. Every-window: not reading on slows the sender.
    private async ValueTask<bool> IsWithinRateAsync(Frame frame, CancellationToken cancellation)
    {
        while (settings.Budget.TryTake(1, frame.Data.Length) is { Ticks: > 0 } wait)
        {
            if (!settings.EveryWindow)
                return false;
            await Task.Delay(wait, services.Time, cancellation).ConfigureAwait(false);
        }
        return true;
    }

    private void TellGap(Frame frame, DateTimeOffset captureTime) => consumer.Tell(new Notice
    {
        Kind = Notice.Types.Kind.Gap,
        FirstSequence = _last!.Value.Sequence,
        LastSequence = frame.Sequence,
        Detail = $"{(captureTime - _last.Value.CaptureTime).TotalSeconds:0.###} s between frames; the window starts anew",
    });
}
