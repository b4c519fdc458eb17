using Mars.Client.Reporting;
using Mars.V1;

namespace Mars.Client.Demo;

/// <summary>Collects what comes back for a video and sets it against the truth. Written by the sender (frames) and the reader (answers).</summary>
internal sealed class DemoScore(DemoVideo video)
{
    private readonly Lock _gate = new();
    private readonly List<DateTimeOffset> _captured = [];
    private readonly List<JudgedWindow> _windows = [];
    private readonly Dictionary<string, FoundEvent> _events = [];
    private readonly DelayHistogram _delays = new();

    /// <summary>The windows so far, in order.</summary>
    public IReadOnlyList<JudgedWindow> Windows => _windows;

    /// <summary>Notes a frame's capture time; frames come in order, with sequence numbers from 1.</summary>
    public void Sending(Frame frame)
    {
        lock (_gate)
            _captured.Add(frame.CaptureTime.ToDateTimeOffset());
    }

    public JudgedWindow Add(Prediction prediction, TimeSpan delay)
    {
        var best = prediction.Actions.FirstOrDefault();
        // A frame lasts until the next one.
        var end = At(prediction.LastSequence) + TimeSpan.FromSeconds(1 / video.FrameRate);
        var window = JudgedWindow.Of(At(prediction.FirstSequence), end, best?.Label ?? "", best?.Score ?? 0, video.Truth);
        _windows.Add(window);
        _delays.Add(delay);
        return window;
    }

    public FoundEvent Add(ActionEvent action)
    {
        var found = new FoundEvent(action.EventId, action.Label, Since(action.StartTime.ToDateTimeOffset()), action.EndTime is null ? null : Since(action.EndTime.ToDateTimeOffset()), action.Score);
        _events[action.EventId] = found;
        return found;
    }

    public DemoResult Result(long superseded) => new()
    {
        Windows = _windows.Count,
        Right = _windows.Count(w => w.Kind == WindowKind.Right),
        Wrong = _windows.Count(w => w.Kind == WindowKind.Wrong),
        Boundary = _windows.Count(w => w.Kind == WindowKind.Boundary),
        HasTruth = video.Truth.Count > 0,
        Events = EventMatch.Of(_events.Values, video.Truth),
        Delay = DelaySummary.Of(_delays),
        Superseded = superseded,
    };

    private TimeSpan At(ulong sequence)
    {
        lock (_gate)
            return _captured[(int)sequence - 1] - _captured[0];
    }

    private TimeSpan Since(DateTimeOffset time)
    {
        lock (_gate)
            return time - _captured[0];
    }
}
