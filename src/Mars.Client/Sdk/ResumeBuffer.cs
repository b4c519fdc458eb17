using Mars.V1;

namespace Mars.Client;

/// <summary>
/// The frames of a camera that would have to be sent again if the connection broke now. In every-window mode: all of the window answered last (its frames
/// make up the windows after it) and everything behind it. In live mode: one window. Not thread-safe.
/// </summary>
/// <param name="everyWindow">Whether no window may be lost.</param>
/// <param name="maxFrames">Frames, at most.</param>
/// <param name="maxBytes">Bytes, at most.</param>
internal sealed class ResumeBuffer(bool everyWindow, int maxFrames, long maxBytes)
{
    // The server's own limit: a longer silence empties its window.
    private static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(1);

    private readonly List<Frame> _frames = [];
    private TimeSpan _window = TimeSpan.FromSeconds(17.0 / 25);
    private TimeSpan _due = TimeSpan.FromSeconds(33.0 / 25);
    private int _next;

    /// <summary>The last sequence number that was answered.</summary>
    public ulong ResumeAfter { get; private set; }

    /// <summary>Where the last window that was answered ended; null in live mode, where its frames may not be here any more.</summary>
    public WindowPosition? Position { get; private set; }

    /// <summary>Frames kept.</summary>
    public int Count => _frames.Count;

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Frames that are still to be written to the present connection.</summary>
    public int Unwritten => _frames.Count - _next;

    /// <summary>Takes the shape of the windows from the server.</summary>
    public void Configure(StreamOpened opened)
    {
        _window = TimeSpan.FromSeconds((opened.ClipLength + 1) / opened.FrameRate);
        _due = TimeSpan.FromSeconds((opened.ClipLength + opened.Stride + 1) / opened.FrameRate);
    }

    /// <summary>Whether another frame may be added now. When not, an answer is on its way that makes room.</summary>
    public bool HasRoom()
    {
        if (_frames.Count < maxFrames && Bytes < maxBytes)
            return true;
        return !everyWindow || !AnswerIsDue();
    }

    /// <summary>Adds a frame behind the others.</summary>
    public void Add(Frame frame)
    {
        _frames.Add(frame);
        Bytes += frame.Data.Length;
        if (!everyWindow)
            Forget(_frames.FindIndex(f => Time(frame) - Time(f) <= _window));
        while (_frames.Count > 1 && (_frames.Count > maxFrames || Bytes > maxBytes) && (!everyWindow || OldestIsOfNoUse()))
            Forget(1);
    }

    /// <summary>The next frame to write, or null.</summary>
    public Frame? TakeNext()
    {
        if (_next == _frames.Count)
            return null;
        var frame = _frames[_next++];
        frame.Replay = frame.Sequence <= ResumeAfter;
        return frame;
    }

    /// <summary>A window was answered, or will never be: nothing before its first frame is needed any more.</summary>
    public void Answered(ulong firstSequence, ulong lastSequence, WindowPosition? position)
    {
        if (lastSequence < ResumeAfter)
            return;
        ResumeAfter = lastSequence;
        if (!everyWindow)
            return;
        Position = position;
        var keep = _frames.FindIndex(f => f.Sequence >= firstSequence);
        Forget(keep < 0 ? _frames.Count : keep);
    }

    /// <summary>The server could not use a frame, so it is in no window.</summary>
    public void Discard(ulong sequence)
    {
        var index = _frames.FindIndex(f => f.Sequence == sequence);
        if (index < 0 || index >= _next)
            return;
        Bytes -= _frames[index].Data.Length;
        _frames.RemoveAt(index);
        _next--;
    }

    /// <summary>A new connection: everything is to be written again.</summary>
    public void Rewind() => _next = 0;

    /// <summary>Gives up the older half: the server took the frames and has been silent for too long about them.</summary>
    public void ForgetOlderHalf() => Forget(Math.Min(_next, (_frames.Count + 1) / 2));

    // A camera with a picture every few seconds fills no window: no answer will ever cover its frames. A run that still grows into a window is kept.
    private bool OldestIsOfNoUse()
    {
        for (var i = 1; i < _frames.Count; i++)
        {
            if (IsGap(i))
                return !AnswerIsDue();
        }
        return false;
    }

    // Whether the frames without an answer make a window: a run without a gap that is a window and a stride long.
    private bool AnswerIsDue()
    {
        var start = -1;
        for (var i = 0; i < _frames.Count; i++)
        {
            if (start < 0 || IsGap(i))
                start = i;
            if (Time(_frames[i]) - Time(_frames[start]) >= _due)
                return true;
        }
        return false;
    }

    private bool IsGap(int index) => (Time(_frames[index]) - Time(_frames[index - 1])).Duration() > MaxGap;

    private void Forget(int count)
    {
        if (count <= 0)
            return;
        for (var i = 0; i < count; i++)
            Bytes -= _frames[i].Data.Length;
        _frames.RemoveRange(0, count);
        _next = Math.Max(0, _next - count);
    }

    private static TimeSpan Time(Frame frame) =>
        TimeSpan.FromSeconds(frame.CaptureTime?.Seconds ?? 0) + TimeSpan.FromTicks((frame.CaptureTime?.Nanos ?? 0) / 100);
}
