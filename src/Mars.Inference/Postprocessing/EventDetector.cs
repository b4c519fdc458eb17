namespace Mars.Inference.Postprocessing;

/// <summary>
/// Turns a camera's smoothed scores into actions with a start and an end, by hysteresis: an action starts when its score has stood at the enter score for the
/// minimum duration, and ends when it has stayed below the exit score for the end delay. Each class by itself.
/// </summary>
public sealed class EventDetector
{
    private readonly EventSettings _settings;
    private readonly int[] _classes;
    private readonly State[] _states;

    /// <param name="settings">Thresholds and times.</param>
    /// <param name="classes">Indexes of the labels to watch.</param>
    public EventDetector(EventSettings settings, IEnumerable<int> classes)
    {
        _settings = settings;
        _classes = [.. classes];
        _states = new State[_classes.Length];
    }

    /// <summary>Takes the next window and adds what has begun or ended to <paramref name="edges"/>.</summary>
    public void Add(ReadOnlySpan<float> scores, WindowSpan window, ICollection<ActionEdge> edges)
    {
        for (var i = 0; i < _classes.Length; i++)
            Step(ref _states[i], _classes[i], scores[_classes[i]], window, edges);
    }

    /// <summary>Ends what is open, as after a gap or at the end of a stream.</summary>
    public void Finish(ICollection<ActionEdge> edges)
    {
        for (var i = 0; i < _classes.Length; i++)
        {
            if (_states[i].Told)
                edges.Add(_states[i].Edge(started: false, _classes[i]));
            _states[i] = default;
        }
    }

    private void Step(ref State state, int index, float score, WindowSpan window, ICollection<ActionEdge> edges)
    {
        if (!state.Rising)
        {
            if (score < _settings.EnterScore)
                return;
            state = new State { Rising = true, Since = window.EndTime, Id = Guid.NewGuid(), Span = window };
        }
        state.Peak = Math.Max(state.Peak, score);
        if (score >= (state.Told ? _settings.ExitScore : _settings.EnterScore))
        {
            state.Span = state.Span with { LastSequence = window.LastSequence, EndTime = window.EndTime };
            if (state.Told || window.EndTime - state.Since < _settings.MinDuration)
                return;
            state.Told = true;
            edges.Add(state.Edge(started: true, index));
        }
        else if (!state.Told)
        {
            state = default; // too short to be told
        }
        else if (window.EndTime - state.Span.EndTime >= _settings.EndDelay)
        {
            edges.Add(state.Edge(started: false, index));
            state = default;
        }
    }

    private struct State
    {
        public bool Rising;
        public bool Told;
        public DateTimeOffset Since;
        public Guid Id;
        public float Peak;
        public WindowSpan Span;

        public readonly ActionEdge Edge(bool started, int index) => new(Id, started, index, Peak, Span);
    }
}
