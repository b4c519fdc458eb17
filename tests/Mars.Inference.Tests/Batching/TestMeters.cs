using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Mars.Inference.Tests.Batching;

/// <summary>Counts the windows that metrics were told of, by outcome.</summary>
internal sealed class TestMeters : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _windows = new();
    private Meter? _meter;

    public Meter Create(MeterOptions options)
    {
        _meter = new Meter(options);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter && instrument.Name == "mars.windows")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "outcome")
                    _windows.AddOrUpdate((string)tag.Value!, value, (_, old) => old + value);
            }
        });
        _listener.Start();
        return _meter;
    }

    public long Windows(string outcome) => _windows.GetValueOrDefault(outcome);

    public void Dispose()
    {
        _listener.Dispose();
        _meter?.Dispose();
    }
}
