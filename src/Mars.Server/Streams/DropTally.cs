using Mars.Inference.Batching;
using Mars.Inference.Windowing;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>Collects the windows that ended without an answer, so that an overloaded camera gets one notice an answer and not one a window. Any thread.</summary>
internal sealed class DropTally
{
    private readonly Dictionary<WindowOutcome, (int Count, ulong First, ulong Last)> _tally = [];
    private readonly Lock _lock = new();
    private (int Count, ulong First, ulong Last) _frames;

    public void Add(in Window window, WindowOutcome outcome)
    {
        lock (_lock)
        {
            _tally[outcome] = _tally.TryGetValue(outcome, out var so)
                ? (so.Count + 1, so.First, window.Last.Sequence)
                : (1, window.First.Sequence, window.Last.Sequence);
        }
    }

    /// <summary>A frame that was left out because the machine had no time for it.</summary>
    public void AddFrame(ulong sequence)
    {
        lock (_lock)
            _frames = (_frames.Count + 1, _frames.Count == 0 ? sequence : _frames.First, sequence);
    }

    /// <summary>One notice for each outcome since the last call.</summary>
    public IReadOnlyList<Notice> Take()
    {
        lock (_lock)
        {
            if (_tally.Count == 0 && _frames.Count == 0)
                return [];
            var notices = _tally.Select(t => new Notice
            {
                Kind = t.Key == WindowOutcome.Superseded ? Notice.Types.Kind.Superseded : Notice.Types.Kind.Expired,
                FirstSequence = t.Value.First,
                LastSequence = t.Value.Last,
                Detail = $"{t.Value.Count} window{(t.Value.Count == 1 ? "" : "s")}",
            }).ToList();
            if (_frames.Count > 0)
                notices.Add(new Notice { Kind = Notice.Types.Kind.Degraded, FirstSequence = _frames.First, LastSequence = _frames.Last, Detail = $"{_frames.Count} frames left out: this machine has no time for them" });
            _tally.Clear();
            _frames = default;
            return notices;
        }
    }
}
