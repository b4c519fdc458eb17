using Mars.Inference.Frames;

namespace Mars.Inference.Windowing;

/// <summary>
/// The sliding window of one camera: tells which ticks of the model's clock a frame fills, keeps the ring, and says when a window is complete.
/// Belongs to the one task that reads the camera. The order of calls for a frame: <see cref="Sample"/>, <see cref="Repeat"/> as often as it says,
/// decode into <see cref="Next"/>, <see cref="Commit"/>, then <see cref="Repeat"/> for its further ticks. After each tick <see cref="TryTake"/>.
/// A frame that no window <see cref="Needs"/> may be left out with <see cref="Skip"/>, undecoded.
/// </summary>
public sealed class CameraWindow
{
    private readonly WindowOptions _options;
    private readonly FrameSampler _sampler;
    private readonly TimeProvider _time;
    private long _runStart; // where in the ring the run would have begun, had no tick been left out
    private long _whole; // ticks of the ring since which none was left out
    private bool _skipping; // the newest frame was left out
    private bool _resuming;
    private long _taken; // ticks of the run at the last window
    private long _due; // ticks of the run at which the next window is complete

    public CameraWindow(WindowOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _sampler = new FrameSampler(options.FrameRate, options.MaxGap);
        var apart = options.MaySkip ? Math.Min(options.Stride, options.ClipLength) : options.Stride; // the starts of two windows in the ring
        Ring = new FrameRing(options.ClipLength + Math.Max(apart * (options.MaxWaiting + 1), options.ClipLength), options.FrameBytes);
        _due = options.ClipLength;
        _resuming = options.ResumeFrom is not null;
    }

    /// <summary>By what the stride is multiplied while the machine is too slow.</summary>
    public int StrideFactor
    {
        get;
        set
        {
            field = value;
            _due = Math.Max(_options.ClipLength, Turn() ?? Math.Min(_due, _taken + Stride));
        }
    }

    = 1;

    /// <summary>Frames, at the model's rate, to the next window.</summary>
    public int Stride => _options.Stride * StrideFactor;

    /// <summary>The camera's frames.</summary>
    public FrameRing Ring { get; }

    /// <summary>Where the next frame is to be written.</summary>
    public Span<byte> Next => Ring.Next;

    /// <summary>Ticks since the start or the last gap.</summary>
    public long RunTicks => Ring.Ticks - _runStart;

    /// <summary>What a frame captured then would fill. Changes nothing but, with a camera's first frame, whether a run of another connection goes on.</summary>
    public Sample Sample(DateTimeOffset captureTime)
    {
        if (_resuming)
            Resume(captureTime, _options.ResumeFrom!.Value);
        return _sampler.Sample(captureTime);
    }

    /// <summary>Whether a frame belongs to the next window.</summary>
    public bool Needs(Sample sample) => !_options.MaySkip || sample.Restarted || RunTicks + sample.RepeatPrevious + sample.RepeatCurrent > _due - _options.ClipLength;

    /// <summary>Ticks that the last frame still has to fill when the camera has said that no more come.</summary>
    public int Remaining() => _sampler.Remaining();

    /// <summary>Fills one tick with the newest frame again.</summary>
    public void Repeat()
    {
        _sampler.Repeat();
        if (_skipping)
            LeaveOut();
        else
            Ring.Repeat(Ring.Ticks - 1);
    }

    /// <summary>Fills one tick with what was decoded into <see cref="Next"/>.</summary>
    public void Commit(RingFrame frame, Sample sample)
    {
        if (sample.Restarted)
        {
            _runStart = _whole = Ring.Ticks;
            (_due, _taken) = (_options.ClipLength, 0);
        }
        _sampler.Accept(frame.CaptureTime, sample);
        _skipping = false;
        Ring.Commit(frame);
    }

    /// <summary>Lets one tick pass with a frame that is not needed.</summary>
    public void Skip(DateTimeOffset captureTime, Sample sample)
    {
        _sampler.Accept(captureTime, sample);
        _skipping = true;
        LeaveOut();
    }

    /// <summary>The window that the newest tick completes, if it completes one that has not been answered before.</summary>
    public bool TryTake(out Window window)
    {
        window = default;
        if (_skipping)
            return false;
        var last = Ring.Frame(Ring.Ticks - 1);
        var ticks = RunTicks;
        if (_options.ResumeFrom is null && _options.ResumeAfter > 0 && last.Sequence <= _options.ResumeAfter)
        {
            // After a reconnect the windows go on a stride after the last one that was answered, as if nothing had happened. The clock begins anew, so the frame that it
            // ended with may fill no tick now; then the one before stands for it.
            _due = ticks + (Stride * Math.Max(1, (_options.ClipLength - ticks + Stride - 1) / Stride));
            return false;
        }
        if (ticks < _due || Ring.Ticks - _whole < _options.ClipLength)
            return false;
        // The first window comes as soon as there is one, the others in their turn.
        _due = (_taken == 0 ? Turn() : null) ?? ticks + Stride;
        _taken = ticks;
        var first = Ring.Ticks - _options.ClipLength;
        window = new Window(first, Ring.Frame(first), last, _time.GetTimestamp(), new RunPosition(_sampler.Origin, ticks - 1));
        return true;
    }

    // The camera's next turn in a lengthened stride, from one tick to a whole stride from now; null where strides are as they were asked for.
    private long? Turn()
    {
        if (StrideFactor == 1 || _options.Phase is not { } phase)
            return null;
        var now = _time.GetTimestamp() / (double)_time.TimestampFrequency * _options.FrameRate;
        var since = ((now / Stride) + 1 - phase) % 1; // of a stride, its last turn
        var ticks = Math.Max(1, (long)Math.Ceiling((1 - since) * Stride));
        // Where frames are left out now, a window takes a clip's time from here.
        return RunTicks + (ticks < Math.Min(_options.ClipLength, Stride) - (Ring.Ticks - _whole) ? ticks + Stride : ticks);
    }

    // The camera sends again from the first frame of the window that was answered last. A first frame that is none of that window's begins a run of its own.
    private void Resume(DateTimeOffset captureTime, RunPosition position)
    {
        _resuming = false;
        var distance = _sampler.Distance(position.Start, captureTime);
        if (distance > position.Tick || distance < position.Tick - _options.ClipLength - (_options.MaxGap.TotalSeconds * _options.FrameRate))
            return;
        _sampler.Resume(position.Start, position.Tick - _options.ClipLength);
        _taken = position.Tick + 1;
        _due = _taken + Stride;
        _runStart = _options.ClipLength - _taken;
    }

    private void LeaveOut()
    {
        _runStart--;
        _whole = Ring.Ticks;
    }
}
