using Mars.Server.Configuration;
using Mars.V1;

namespace Mars.Server.Dashboard;

/// <summary>One camera's present and its near past. What is kept is bounded. Guarded by <see cref="CameraHistories"/>.</summary>
internal sealed class CameraHistory(CameraState state, PageOptions options)
{
    private const int Notices = 20;

    // A camera whose clock differs by more from the server's tells us nothing about delays.
    private const long PlausibleAge = 60_000;

    private readonly LinkedList<(LiveEvent Event, long Version)> _events = [];
    private readonly Queue<LiveNotice> _notices = new();
    private readonly LinkedList<TrackPoint> _track = [];
    private CameraState _state = state;
    private IReadOnlyList<LiveAction> _top = [];
    private double? _age;
    private double _delay;

    /// <summary>Of the last change but events.</summary>
    public long Version { get; private set; }

    public void Set(CameraState state, long version)
    {
        if (_state.Equals(state) && Version > 0)
            return;
        (_state, Version) = (state, version);
    }

    public void Add(Prediction prediction, long now, long version)
    {
        _top = [.. prediction.Actions.Select(a => new LiveAction(a.Label, Math.Round(a.Score, 3)))];
        _delay = Math.Round((prediction.QueueTime.ToTimeSpan() + prediction.InferenceTime.ToTimeSpan()).TotalMilliseconds, 1);
        var age = now - prediction.CaptureTime?.ToDateTimeOffset().ToUnixTimeMilliseconds();
        _age = age is >= 0 and < PlausibleAge ? age : null;
        Version = version;
        if (_top.Count == 0)
            return;
        var second = now / 1000 * 1000;
        if (_track.Last?.Value is { } last && last.Time == second)
        {
            if (last.Score >= _top[0].Score)
                return;
            _track.RemoveLast();
        }
        _track.AddLast(new TrackPoint(second, _top[0].Label, _top[0].Score));
        while (_track.First!.Value.Time < now - (options.TrackSeconds * 1000L))
            _track.RemoveFirst();
    }

    public void Add(ActionEvent action, long now, long version)
    {
        // By the camera's clock, unless that is another than ours.
        var (start, end) = (action.StartTime.ToDateTimeOffset().ToUnixTimeMilliseconds(), action.EndTime?.ToDateTimeOffset().ToUnixTimeMilliseconds());
        var told = _events.FirstOrDefault(e => e.Event.Id == action.EventId);
        if (Math.Abs(now - start) > PlausibleAge && Math.Abs(now - (end ?? start)) > PlausibleAge)
        {
            var began = told.Event?.Start ?? now;
            (start, end) = (began, end is null ? null : began + (end - start));
        }
        if (told.Event is not null)
            _events.Remove(told);
        _events.AddLast((new LiveEvent(action.EventId, _state.CameraId, action.Label, Math.Round(action.Score, 3), start, end), version));
        if (_events.Count > options.Events)
            _events.RemoveFirst();
    }

    public void Add(Notice notice, long now)
    {
        _notices.Enqueue(new LiveNotice(now, notice.Kind.ToString(), notice.Detail));
        if (_notices.Count > Notices)
            _notices.Dequeue();
    }

    public LiveCamera Camera() => new(
        _state.CameraId, _state.Connected, $"{_state.Model.Name}/{_state.Model.Version}", Math.Round(_state.ReceivedRate, 1), Math.Round(_state.AnsweredRate, 1),
        _state.FramesReceived, _state.FramesRejected, _state.WindowsAnswered, _state.WindowsDropped,
        _state.LastFrameTime?.ToDateTimeOffset().ToUnixTimeMilliseconds(), _top, _age, _delay);

    /// <summary>Events that changed after <paramref name="version"/>.</summary>
    public IEnumerable<LiveEvent> EventsAfter(long version) => _events.Where(e => e.Version > version).Select(e => e.Event);

    public CameraPast Past() => new(_state.CameraId, [.. _track], [.. _events.Select(e => e.Event)], [.. _notices]);
}
