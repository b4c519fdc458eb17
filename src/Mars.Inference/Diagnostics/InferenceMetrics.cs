using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mars.Inference.Diagnostics;

/// <summary>What the engine counts and times. Meter "Mars"; durations in seconds with buckets from 1 ms to 10 s.</summary>
public sealed class InferenceMetrics : IDisposable
{
    public const string MeterName = "Mars";

    private readonly Meter _meter;
    private readonly Counter<long> _framesReceived;
    private readonly Counter<long> _framesRejected;
    private readonly Counter<long> _windows;
    private readonly Histogram<double> _captureToDecision;
    private readonly Histogram<double> _receivedToDecision;
    private readonly Histogram<double> _decode;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _inference;
    private readonly Histogram<int> _batchSize;
    private readonly Counter<long> _cascade;

    public InferenceMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _framesReceived = _meter.CreateCounter<long>("mars.frames.received", "{frame}", "Frames that cameras sent.");
        _framesRejected = _meter.CreateCounter<long>("mars.frames.rejected", "{frame}", "Frames that could not be used, by reason.");
        _windows = _meter.CreateCounter<long>("mars.windows", "{window}", "Windows by outcome.");
        _cascade = _meter.CreateCounter<long>("mars.cascade.windows", "{window}", "Windows of cascades, by whether the first network's answer was sure enough.");
        _captureToDecision = Seconds("mars.capture_to_decision", "Capture of a window's last frame, by the camera's clock, to its answer.");
        _receivedToDecision = Seconds("mars.received_to_decision", "Arrival of a window's last frame to its answer.");
        _decode = Seconds("mars.decode", "Decoding and preprocessing one frame.");
        _queue = Seconds("mars.queue", "Window complete to start of inference.");
        _inference = Seconds("mars.inference", "One run of a batch.");
        _batchSize = _meter.CreateHistogram("mars.batch.size", "{window}", "Windows in one run.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32] });
    }

    /// <summary>A cascade has run.</summary>
    /// <param name="model">Which.</param>
    /// <param name="windows">Windows of the run.</param>
    /// <param name="second">Those that the second network was asked about.</param>
    public void Cascaded(string model, int windows, int second)
    {
        _cascade.Add(windows - second, new TagList { { "model", model }, { "answered_by", "first" } });
        _cascade.Add(second, new TagList { { "model", model }, { "answered_by", "both" } });
    }

    /// <summary>Reports the step of each model's degradation ladder, when asked for.</summary>
    public void ObserveDegradation(Func<IEnumerable<(string Model, int Step)>> steps) => _meter.CreateObservableGauge(
        "mars.degradation.step", () => steps().Select(s => new Measurement<int>(s.Step, new KeyValuePair<string, object?>("model", s.Model))),
        "{step}", "What a model does about too much load: 0 nothing, 1 and 2 longer strides, 3 no new streams.");

    public void FrameReceived() => _framesReceived.Add(1);

    public void FrameRejected(string reason) => _framesRejected.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void FrameDecoded(TimeSpan took) => _decode.Record(took.TotalSeconds);

    public void WindowEnded(string model, string outcome) => _windows.Add(1, new TagList { { "model", model }, { "outcome", outcome } });

    public void WindowAnswered(string model, TimeSpan queued)
    {
        WindowEnded(model, "Answered");
        _queue.Record(queued.TotalSeconds, new KeyValuePair<string, object?>("model", model));
    }

    public void BatchRun(string model, int size, TimeSpan took)
    {
        _inference.Record(took.TotalSeconds, new KeyValuePair<string, object?>("model", model));
        _batchSize.Record(size, new KeyValuePair<string, object?>("model", model));
    }

    /// <summary>An answer has left.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="sinceCapture">Null where the camera sends no times. Not recorded where the camera's clock is plainly another (before 0 or over an hour).</param>
    /// <param name="sinceReceived">Since the window's last frame arrived.</param>
    public void Decided(string model, TimeSpan? sinceCapture, TimeSpan sinceReceived)
    {
        if (sinceCapture is { Ticks: >= 0 and < TimeSpan.TicksPerHour } age)
            _captureToDecision.Record(age.TotalSeconds, new KeyValuePair<string, object?>("model", model));
        _receivedToDecision.Record(sinceReceived.TotalSeconds, new KeyValuePair<string, object?>("model", model));
    }

    public void Dispose() => _meter.Dispose();

    // OpenTelemetry's own buckets (0, 5, 10 ... 10000) would put every one of these into the first.
    private Histogram<double> Seconds(string name, string description) => _meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5, 10],
        });
}
