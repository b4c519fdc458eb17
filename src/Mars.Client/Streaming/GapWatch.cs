using Mars.V1;

namespace Mars.Client.Streaming;

/// <summary>Notices a camera whose frames come so far apart that no window is ever filled.</summary>
internal sealed class GapWatch
{
    // A camera may have one pause at its beginning.
    private const int Enough = 4;

    private DateTimeOffset? _last;
    private TimeSpan _sum;
    private int _gaps;
    private bool _said;

    /// <summary>Notes that a frame is being sent.</summary>
    /// <param name="frame">With its capture time.</param>
    /// <param name="maxGap">Longest time between frames of a window.</param>
    /// <returns>What to say, once, after several gaps in a row.</returns>
    public string? Sending(Frame frame, TimeSpan maxGap)
    {
        var captured = frame.CaptureTime.ToDateTimeOffset();
        var gap = captured - _last ?? TimeSpan.Zero;
        _last = captured;
        (_gaps, _sum) = gap > maxGap ? (_gaps + 1, _sum + gap) : (0, TimeSpan.Zero);
        if (_said || _gaps < Enough)
            return null;
        _said = true;
        return $"frames come {_sum.TotalSeconds / _gaps:0.0} s apart, and the server begins anew after {maxGap.TotalSeconds:0.##} s without one, so nothing can be recognised; " +
            "use the camera's video stream, or a faster address of it";
    }
}
