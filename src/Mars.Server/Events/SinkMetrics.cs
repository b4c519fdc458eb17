using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Mars.Inference.Diagnostics;

namespace Mars.Server.Events;

/// <summary>What sinks count.</summary>
internal sealed class SinkMetrics
{
    private readonly Counter<long> _deliveries;
    private readonly ConcurrentDictionary<string, Func<int>> _pending = new(StringComparer.Ordinal);

    public SinkMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(InferenceMetrics.MeterName);
        _deliveries = meter.CreateCounter<long>("mars.sink.deliveries", "{event}", "Events on their way to sinks: delivered, failed (to be tried again), refused by the other side, dropped for want of room.");
        meter.CreateObservableGauge("mars.sink.pending", Pending, "{event}", "Events that a sink has not taken yet.");
    }

    public void Ended(string sink, DeliveryOutcome outcome) => Count(sink, outcome switch
    {
        DeliveryOutcome.Delivered => "delivered",
        DeliveryOutcome.Failed => "failed",
        _ => "refused",
    });

    public void Dropped(string sink) => Count(sink, "dropped");

    public void ObservePending(string sink, Func<int> count) => _pending[sink] = count;

    private void Count(string sink, string outcome) => _deliveries.Add(1, new TagList { { "sink", sink }, { "outcome", outcome } });

    private IEnumerable<Measurement<int>> Pending() => _pending.Select(p => new Measurement<int>(p.Value(), new KeyValuePair<string, object?>("sink", p.Key)));
}
