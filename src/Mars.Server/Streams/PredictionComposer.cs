using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using Mars.Inference.Batching;
using Mars.Inference.Models;
using Mars.Inference.Postprocessing;
using Mars.Inference.Windowing;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>Logits to messages: softmax, top-k, and for a camera that wants events the smoothed scores and what begins and ends in them.</summary>
internal sealed class PredictionComposer
{
    private readonly StreamSettings _settings;
    private ModelPackage _package;
    private ModelRef _model;
    private IReadOnlyList<string> _labels;
    private float[] _scores;
    private int[] _top;
    private ScoreSmoother? _smoother;
    private EventDetector? _detector;
    private readonly List<ActionEdge> _edges = [];

    /// <param name="settings">What the camera asked for.</param>
    public PredictionComposer(StreamSettings settings)
    {
        _settings = settings;
        Use(settings.Model.Package);
    }

    /// <summary>Whose answers it reads.</summary>
    public ModelPackage Package => _package;

    /// <summary>Another version answers from now on. Open events must have been ended: its labels may be others.</summary>
    [MemberNotNull(nameof(_package), nameof(_model), nameof(_labels), nameof(_scores), nameof(_top))]
    public void Use(ModelPackage package)
    {
        _package = package;
        _labels = package.Labels;
        _model = package.ToRef();
        _scores = new float[_labels.Count];
        _top = new int[Math.Min(_settings.TopK, _labels.Count)];
        if (_settings.Events is { } events)
        {
            _smoother = new ScoreSmoother(_labels.Count, events.Smoothing);
            _detector = new EventDetector(events, Classes());
        }
    }

    /// <summary>The prediction for a window.</summary>
    public Prediction Compose(in Window window, ReadOnlySpan<float> logits, WindowTimes times)
    {
        Softmax.Compute(logits, _scores);
        var prediction = new Prediction
        {
            Model = _model,
            FirstSequence = window.First.Sequence,
            LastSequence = window.Last.Sequence,
            CaptureTime = window.Last.Timed ? Timestamp.FromDateTimeOffset(window.Last.CaptureTime) : null,
            QueueTime = Duration.FromTimeSpan(times.Queue),
            InferenceTime = Duration.FromTimeSpan(times.Inference),
            Position = new WindowPosition { Start = Timestamp.FromDateTimeOffset(window.Position.Start), Tick = (ulong)window.Position.Tick },
        };
        var count = TopK.Select(_scores, _top);
        for (var i = 0; i < count && _scores[_top[i]] >= _settings.MinScore; i++)
            prediction.Actions.Add(new ScoredLabel { Index = (uint)_top[i], Label = _labels[_top[i]], Score = _scores[_top[i]], Logit = logits[_top[i]] });
        return prediction;
    }

    /// <summary>The events that the last composed window brings.</summary>
    public IEnumerable<ActionEvent> Events(Window window)
    {
        if (_detector is null)
            return [];
        _smoother!.Add(_scores);
        _edges.Clear();
        _detector.Add(_smoother.Scores, new WindowSpan(window.First.Sequence, window.Last.Sequence, window.First.CaptureTime, window.Last.CaptureTime), _edges);
        return _edges.Select(ToMessage);
    }

    /// <summary>Ends what is open, as after a gap or at the end of a stream.</summary>
    public IEnumerable<ActionEvent> Finish()
    {
        if (_detector is null)
            return [];
        _smoother!.Reset();
        _edges.Clear();
        _detector.Finish(_edges);
        return _edges.Select(ToMessage);
    }

    // All of them, or those that were asked for and that this version has.
    private IEnumerable<int> Classes() => Enumerable.Range(0, _labels.Count).Where(i => _settings.EventLabels.Count == 0 || _settings.EventLabels.Contains(_labels[i]));

    private ActionEvent ToMessage(ActionEdge edge) => new()
    {
        EventId = edge.Id.ToString("N"),
        Phase = edge.Started ? ActionEvent.Types.Phase.Started : ActionEvent.Types.Phase.Ended,
        Label = _labels[edge.Class],
        Score = edge.Peak,
        StartTime = Timestamp.FromDateTimeOffset(edge.Span.StartTime),
        EndTime = edge.Started ? null : Timestamp.FromDateTimeOffset(edge.Span.EndTime),
        FirstSequence = edge.Span.FirstSequence,
        LastSequence = edge.Span.LastSequence,
    };
}
