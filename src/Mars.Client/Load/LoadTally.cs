using Mars.Client.Reporting;
using Mars.V1;

namespace Mars.Client.Load;

/// <summary>Counts what happens to frames and windows that were taken while counting was on. Any thread.</summary>
internal sealed class LoadTally(LoadOptions options)
{
    private readonly Lock _gate = new();
    private readonly DelayHistogram _delays = new();
    private readonly DelayHistogram _lags = new();
    private readonly long[] _byCamera = new long[options.Cameras];
    private readonly Dictionary<string, long> _errors = [];
    private DelayHistogram _second = new();
    private WindowCounts _windows = new();
    private FrameCounts _frames = new();
    private readonly DelayHistogram _inference = new();
    private double _leftOut;
    private StreamOpened? _opened;
    private int _longest;
    private long _cuts;

    /// <summary>A frame was handed to the network, and completed windows by it.</summary>
    /// <param name="capture">When it was taken.</param>
    /// <param name="due">Windows.</param>
    /// <param name="leftOut">Of those, by a longer stride.</param>
    public void Sent(TimeSpan capture, long due, double leftOut)
    {
        if (!Counts(capture))
            return;
        lock (_gate)
        {
            _frames = _frames with { Sent = _frames.Sent + 1 };
            _windows = _windows with { Due = _windows.Due + due };
            _leftOut += leftOut;
        }
    }

    /// <summary>A frame could not be sent: no connection, or too many before it.</summary>
    public void NotSent(TimeSpan capture)
    {
        if (!Counts(capture))
            return;
        lock (_gate)
            _frames = _frames with { NotSent = _frames.NotSent + 1 };
    }

    /// <summary>The server could not use a frame.</summary>
    public void Rejected(TimeSpan capture)
    {
        if (!Counts(capture))
            return;
        lock (_gate)
            _frames = _frames with { Rejected = _frames.Rejected + 1 };
    }

    /// <summary>A decision came.</summary>
    /// <returns>Whether it counts.</returns>
    public bool Answered(int camera, TimeSpan capture, TimeSpan delay, TimeSpan inference)
    {
        lock (_gate)
        {
            _second.Add(delay);
            if (!Counts(capture))
                return false;
            _delays.Add(delay);
            _inference.Add(inference);
            _byCamera[camera]++;
            _windows = _windows with { Answered = _windows.Answered + 1 };
            return true;
        }
    }

    /// <summary>Windows ended another way.</summary>
    /// <param name="capture">When the last of them was taken.</param>
    /// <param name="change">Adds them.</param>
    /// <returns>Whether they count.</returns>
    public bool Ended(TimeSpan capture, Func<WindowCounts, WindowCounts> change)
    {
        if (!Counts(capture))
            return false;
        lock (_gate)
            _windows = change(_windows);
        return true;
    }

    /// <summary>Windows will not be answered because their connection is gone.</summary>
    public void Lost(long windows)
    {
        lock (_gate)
            _windows = _windows with { Lost = _windows.Lost + windows };
    }

    /// <summary>A camera's stream is open.</summary>
    public void Opened(StreamOpened opened)
    {
        lock (_gate)
            (_opened, _longest) = (opened, Math.Max(_longest, (int)opened.Stride));
    }

    /// <summary>The server has changed a camera's stride.</summary>
    public void Stretched(int stride)
    {
        lock (_gate)
            _longest = Math.Max(_longest, stride);
    }

    /// <summary>The tool cut a connection.</summary>
    public void Cut()
    {
        lock (_gate)
            _cuts++;
    }

    /// <summary>A connection failed, and not because the tool cut it.</summary>
    public void Error(string reason)
    {
        lock (_gate)
            _errors[reason] = _errors.GetValueOrDefault(reason) + 1;
    }

    /// <summary>How much later than planned the tool handed over a frame that nothing held up.</summary>
    public void Lag(TimeSpan capture, TimeSpan lag)
    {
        if (!Counts(capture))
            return;
        lock (_gate)
            _lags.Add(lag);
    }

    /// <summary>Delays since the last call.</summary>
    public DelayHistogram TakeSecond()
    {
        lock (_gate)
        {
            var second = _second;
            _second = new DelayHistogram();
            return second;
        }
    }

    /// <summary>What was counted so far.</summary>
    public LoadCounts Snapshot()
    {
        lock (_gate)
        {
            return new LoadCounts(
                _windows with { LeftOut = (long)_leftOut }, _frames, DelaySummary.Of(_delays), DelaySummary.Of(_lags), _cuts, new Dictionary<string, long>(_errors),
                options.Cameras == 0 ? new CameraSpread(0, 0, 0) : new CameraSpread(_byCamera.Min(), Math.Round(_byCamera.Average(), 1), _byCamera.Max()))
            {
                Inference = DelaySummary.Of(_inference),
                Stride = _opened is { } o ? new StrideUse((int)o.Stride, _longest, Math.Round(1000 * o.Stride / o.FrameRate, 1)) : null,
            };
        }
    }

    /// <summary>Whether what was taken then is counted.</summary>
    public bool Counts(TimeSpan capture) => capture >= options.CountFrom && capture < options.CountTo;
}
