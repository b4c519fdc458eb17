using Mars.V1;

namespace Mars.Client.Load;

/// <summary>Counts the windows that are due for the frames that one connection carried: by the rules of the public API, not by what the server says.</summary>
/// <param name="opened">Clip length, stride and rate of the model.</param>
internal sealed class WindowLedger(StreamOpened opened)
{
    // The server's own limit: a longer silence empties its window.
    private static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(1);

    private TimeSpan _start;
    private TimeSpan _last;
    private long _due;
    private bool _any;

    /// <summary>Adds a frame.</summary>
    /// <param name="capture">When it was taken.</param>
    /// <returns>The windows that it completes.</returns>
    public long Sent(TimeSpan capture)
    {
        if (!_any || capture - _last > MaxGap)
        {
            _start = capture;
            _due = 0;
            _any = true;
        }
        _last = capture;
        // A window is made of ticks of the model's clock; each shows the frame that is nearest.
        var ticks = (long)Math.Floor(((capture - _start).TotalSeconds * opened.FrameRate) + 0.5) + 1;
        var due = ticks < opened.ClipLength ? 0 : ((ticks - opened.ClipLength) / opened.Stride) + 1;
        var fresh = due - _due;
        _due = due;
        return fresh;
    }
}
