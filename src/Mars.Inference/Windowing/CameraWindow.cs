using Mars.Inference.Frames;

namespace Mars.Inference.Windowing;

/// <summary>
/// The sliding window of one camera: tells which ticks of the model's clock a frame fills, keeps the ring, and says when a window is complete.
/// Belongs to the one task that reads the camera. The order of calls for a frame: <see cref="Sample"/>, <see cref="Repeat"/> as often as it says,
/// decode into <see cref="Next"/>, <see cref="Commit"/>, then <see cref="Repeat"/> for its further ticks. After each tick <see cref="TryTake"/>.
/// </summary>
public sealed class CameraWindow
{
    private readonly WindowOptions _options;
    private readonly FrameSampler _sampler;
    private readonly TimeProvider _time;
    private long _runStart;
    private int _resumedTicks;
    private long _due; // ticks of the run at which the next window is complete

    public CameraWindow(WindowOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _sampler = new FrameSampler(options.FrameRate, options.MaxGap);
        Ring = new FrameRing(options.ClipLength + Math.Max(options.Stride * (options.MaxWaiting + 1), LongestStride), options.FrameBytes);
        _due = options.ClipLength;
    }

    /// <summary>By what the stride is multiplied while the machine is too slow. Windows never come so rarely that frames between them are in none.</summary>
    public int StrideFactor { get; set; } = 1;

    /// <summary>Frames, at the model's rate, to the next window.</summary>
    public int Stride => Math.Min(_options.Stride * StrideFactor, LongestStride);

    /// <summary>The camera's frames.</summary>
    public FrameRing Ring { get; }

    /// <summary>Where the next frame is to be written.</summary>
    public Span<byte> Next => Ring.Next;

    /// <summary>Ticks since the start or the last gap.</summary>
    public long RunTicks => Ring.Ticks - _runStart;

    /// <summary>What a frame captured then would fill. Changes nothing.</summary>
    public Sample Sample(DateTimeOffset captureTime) => _sampler.Sample(captureTime);

    /// <summary>Ticks that the last frame still has to fill when the camera has said that no more come.</summary>
    public int Remaining() => _sampler.Remaining();

    /// <summary>Fills one tick with the newest frame again.</summary>
    public void Repeat()
    {
        _sampler.Repeat();
        Ring.Repeat(Ring.Ticks - 1);
    }

    /// <summary>Fills one tick with what was decoded into <see cref="Next"/>.</summary>
    public void Commit(RingFrame frame, Sample sample)
    {
        if (sample.Restarted)
        {
            _runStart = Ring.Ticks;
            _due = _options.ClipLength;
        }
        _sampler.Accept(frame.CaptureTime, sample);
        Ring.Commit(frame);
    }

    /// <summary>The window that the newest tick completes, if it completes one that has not been answered before.</summary>
    public bool TryTake(out Window window)
    {
        window = default;
        var last = Ring.Frame(Ring.Ticks - 1);
        var ticks = RunTicks;
        if (_options.ResumeAfter > 0 && last.Sequence <= _options.ResumeAfter)
        {
            // After a reconnect the windows go on a stride after the last one that was answered, as if nothing had happened. The clock begins anew, so the frame that it
            // ended with may fill no tick now; then the one before stands for it. Of a camera slower than the model several windows may end with one frame.
            _resumedTicks += last.Sequence == _options.ResumeAfter ? 1 : 0;
            if (_options.ResumeWindows == 0 || _resumedTicks <= 1 + ((_options.ResumeWindows - 1) * Stride))
            {
                _due = ticks + (Stride * Math.Max(1, (_options.ClipLength - ticks + Stride - 1) / Stride));
                return false;
            }
        }
        if (ticks < _due)
            return false;
        _due = ticks + Stride;
        var first = Ring.Ticks - _options.ClipLength;
        window = new Window(first, Ring.Frame(first), last, _time.GetTimestamp());
        return true;
    }

    private int LongestStride => Math.Max(_options.Stride, _options.ClipLength);
}
