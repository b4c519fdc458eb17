using Mars.V1;

namespace Mars.Client.Reporting;

/// <summary>What a camera has sent and got back so far. Written by the sender and the reader.</summary>
internal sealed class WatchStatistics(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly DelayHistogram _delays = new();
    private readonly SortedDictionary<Notice.Types.Kind, long> _notices = [];
    private readonly long _start = time.GetTimestamp();
    private long _frames;
    private long _windows;
    private long _events;
    private long _opened;

    public void FrameSent() => Interlocked.Increment(ref _frames);

    /// <summary>A connection is open: the first one, or another after a break.</summary>
    public void Opened() => Interlocked.Increment(ref _opened);

    public void Answered(TimeSpan delay)
    {
        lock (_gate)
        {
            _windows++;
            _delays.Add(delay);
        }
    }

    public void Event(ActionEvent action)
    {
        if (action.Phase == ActionEvent.Types.Phase.Started)
            Interlocked.Increment(ref _events);
    }

    public void Notice(Notice notice)
    {
        lock (_gate)
            _notices[notice.Kind] = _notices.GetValueOrDefault(notice.Kind) + NoticeCount.Of(notice);
    }

    /// <summary>The figures of this moment.</summary>
    public WatchSummary Snapshot(long skippedFrames = 0)
    {
        lock (_gate)
        {
            var seconds = time.GetElapsedTime(_start).TotalSeconds;
            return new WatchSummary
            {
                FramesSent = _frames,
                FramesSkipped = skippedFrames,
                WindowsAnswered = _windows,
                WindowsSuperseded = _notices.GetValueOrDefault(V1.Notice.Types.Kind.Superseded),
                WindowsExpired = _notices.GetValueOrDefault(V1.Notice.Types.Kind.Expired),
                Notices = _notices.ToDictionary(n => n.Key.ToString(), n => n.Value),
                Events = _events,
                Reconnects = Math.Max(0, _opened - 1),
                Seconds = seconds,
                WindowsPerSecond = seconds > 0 ? _windows / seconds : 0,
                Delay = DelaySummary.Of(_delays),
            };
        }
    }
}
