using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mars.Inference.Diagnostics;

/// <summary>
/// What the engine and its cameras count and time. Meter "Mars"; durations in seconds with buckets from 1 ms to 10 s; a model is its name/version; at most three tags.
/// </summary>
public sealed class InferenceMetrics : IDisposable
{
    public const string MeterName = "Mars";

    /// <summary>A frame was left out because the machine had no time for it.</summary>
    public const string Late = "late";

    /// <summary>A frame was left out because no window needs it.</summary>
    public const string BetweenWindows = "between_windows";

    // OpenTelemetry's own buckets (0, 5, 10 ... 10000) would put every one of these into the first.
    private static readonly double[] Latencies = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5, 10];
    private static readonly double[] LoadTimes = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]; // TensorRT builds an engine for minutes
    private static readonly string[] Outcomes = ["answered", "superseded", "expired", "failed"];

    private readonly Meter _meter;
    private readonly Counter<long> _framesReceived;
    private readonly Counter<long> _framesRejected;
    private readonly Counter<long> _framesSkipped;
    private readonly Counter<long> _windows;
    private readonly Histogram<double> _captureToDecision;
    private readonly Histogram<double> _receivedToDecision;
    private readonly Histogram<double> _decode;
    private readonly Histogram<double> _preprocess;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _inference;
    private readonly Histogram<int> _batchSize;
    private readonly Counter<long> _cascade;
    private readonly Counter<long> _events;
    private readonly Counter<long> _modelLoads;
    private readonly Histogram<double> _modelLoad;
    private readonly CameraTags _cameras;

    /// <param name="factory">Of the host.</param>
    /// <param name="cameras">Which cameras are told apart; none where it is left out.</param>
    public InferenceMetrics(IMeterFactory factory, CameraTags? cameras = null)
    {
        _cameras = cameras ?? new CameraTags(0);
        _meter = factory.Create(MeterName);
        _framesReceived = _meter.CreateCounter<long>("mars.frames.received", "{frame}", "Frames that cameras sent.");
        _framesRejected = _meter.CreateCounter<long>("mars.frames.rejected", "{frame}", "Frames that could not be used, by reason.");
        _framesSkipped = _meter.CreateCounter<long>("mars.frames.skipped", "{frame}", "Frames that were left out undecoded, by reason.");
        _windows = _meter.CreateCounter<long>("mars.windows", "{window}", "Windows by outcome.");
        _cascade = _meter.CreateCounter<long>("mars.cascade.windows", "{window}", "Windows of cascades, by whether the first network's answer was sure enough.");
        _captureToDecision = Seconds("mars.capture_to_decision", "Capture of a window's last frame, by the camera's clock, to its answer.");
        _receivedToDecision = Seconds("mars.received_to_decision", "Arrival of a window's last frame to its answer.");
        _decode = Seconds("mars.decode", "Decoding one frame.");
        _preprocess = Seconds("mars.preprocess", "Resizing and cropping one frame.");
        _queue = Seconds("mars.queue", "Window complete to start of inference.");
        _inference = Seconds("mars.inference", "One run of a batch.");
        _batchSize = _meter.CreateHistogram("mars.batch.size", "{window}", "Windows in one run.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32] });
        _events = _meter.CreateCounter<long>("mars.events", "{event}", "Action events that began or ended.");
        _modelLoads = _meter.CreateCounter<long>("mars.model.loads", "{model}", "Model packages that were loaded or refused.");
        _modelLoad = Seconds("mars.model.load", "Loading, warming up and checking one model.", LoadTimes);
    }

    /// <summary>The camera's value for the methods below; null where cameras are in no tag.</summary>
    public string? CameraTag(string camera) => _cameras.Of(camera);

    /// <summary>A cascade has run.</summary>
    /// <param name="model">Which.</param>
    /// <param name="windows">Windows of the run.</param>
    /// <param name="second">Those that the second network was asked about.</param>
    public void Cascaded(string model, int windows, int second)
    {
        _cascade.Add(windows - second, new TagList { { "model", model }, { "answered_by", "first" } });
        _cascade.Add(second, new TagList { { "model", model }, { "answered_by", "both" } });
    }

    public void FrameReceived(string? camera) => _framesReceived.Add(1, With(default, camera));

    public void FrameRejected(string reason, string? camera) => _framesRejected.Add(1, With(new TagList { { "reason", reason } }, camera));

    /// <summary>Counts the reasons for which frames may be rejected, or left out, from 0: Prometheus sees an increase only of what it has seen before.</summary>
    public void ExpectRejections(IEnumerable<string> reasons)
    {
        _framesSkipped.Add(0, new KeyValuePair<string, object?>("reason", Late));
        _framesSkipped.Add(0, new KeyValuePair<string, object?>("reason", BetweenWindows));
        foreach (var reason in reasons)
            _framesRejected.Add(0, new KeyValuePair<string, object?>("reason", reason));
    }

    /// <summary>A frame is ready for its window.</summary>
    public void FrameDecoded(TimeSpan decoding, TimeSpan preprocessing)
    {
        _decode.Record(decoding.TotalSeconds);
        _preprocess.Record(preprocessing.TotalSeconds);
    }

    /// <summary>A frame was left out, undecoded.</summary>
    /// <param name="reason"><see cref="Late"/> or <see cref="BetweenWindows"/>.</param>
    public void FrameSkipped(string reason) => _framesSkipped.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void WindowEnded(string model, string outcome) => _windows.Add(1, new TagList { { "model", model }, { "outcome", outcome } });

    public void WindowAnswered(string model, TimeSpan queued)
    {
        WindowEnded(model, Outcomes[0]);
        _queue.Record(queued.TotalSeconds, new KeyValuePair<string, object?>("model", model));
    }

    public void BatchRun(RunTags run, int size, TimeSpan took)
    {
        _inference.Record(took.TotalSeconds, new TagList { { "model", run.Model }, { "precision", run.Precision }, { "provider", run.Provider } });
        _batchSize.Record(size, new KeyValuePair<string, object?>("model", run.Model));
    }

    /// <summary>An answer has left.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="sinceCapture">Null where the camera sends no times. Not recorded where the camera's clock is plainly another (before 0 or over an hour).</param>
    /// <param name="sinceReceived">Since the window's last frame arrived.</param>
    /// <param name="camera">Its tag.</param>
    public void Decided(string model, TimeSpan? sinceCapture, TimeSpan sinceReceived, string? camera)
    {
        var tags = With(new TagList { { "model", model } }, camera);
        if (sinceCapture is { Ticks: >= 0 and < TimeSpan.TicksPerHour } age)
            _captureToDecision.Record(age.TotalSeconds, tags);
        _receivedToDecision.Record(sinceReceived.TotalSeconds, tags);
    }

    /// <summary>An action began or ended in front of a camera.</summary>
    public void ActionSeen(string label, bool started) => _events.Add(1, new TagList { { "label", label }, { "phase", started ? "started" : "ended" } });

    /// <summary>A model is in service.</summary>
    public void ModelLoaded(string model, TimeSpan took)
    {
        _modelLoads.Add(1, new KeyValuePair<string, object?>("outcome", "loaded"));
        _modelLoad.Record(took.TotalSeconds, new KeyValuePair<string, object?>("model", model));
        foreach (var outcome in Outcomes)
            _windows.Add(0, new TagList { { "model", model }, { "outcome", outcome } });
    }

    /// <summary>Packages could not be used.</summary>
    public void ModelsRefused(int count) => _modelLoads.Add(count, new KeyValuePair<string, object?>("outcome", "refused"));

    public void Dispose() => _meter.Dispose();

    private static TagList With(TagList tags, string? camera)
    {
        if (camera is not null)
            tags.Add("camera", camera);
        return tags;
    }

    private Histogram<double> Seconds(string name, string description, double[]? buckets = null) =>
        _meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets ?? Latencies });
}
