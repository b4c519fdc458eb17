using System.Diagnostics.Metrics;
using Mars.Inference.Diagnostics;
using Mars.Inference.Serving;
using Mars.Server.Configuration;
using Mars.Server.Streams;
using Microsoft.Extensions.Options;

namespace Mars.Server.Telemetry;

/// <summary>What is looked up when metrics are read: how the models and the cameras are now.</summary>
internal sealed class ServerGauges(IMeterFactory factory, ModelCatalog models, CameraRegistry cameras, IOptions<TelemetryOptions> options)
{
    private readonly TimeSpan _silence = TimeSpan.FromSeconds(options.Value.SilentSeconds);

    public void Observe()
    {
        var meter = factory.Create(InferenceMetrics.MeterName);
        meter.CreateObservableGauge("mars.cameras.connected", () => cameras.Count(_silence).Connected, "{camera}", "Cameras that are connected.");
        meter.CreateObservableGauge("mars.cameras.silent", () => cameras.Count(_silence).Silent, "{camera}", "Connected cameras that have sent no frame for Mars:Telemetry:SilentSeconds.");
        meter.CreateObservableGauge("mars.pending.windows", () => ByModel(m => m.Scheduler.Waiting), "{window}", "Windows that wait for a run.");
        meter.CreateObservableGauge("mars.degradation.step", () => ByModel(m => m.Scheduler.Ladder.Step), "{step}", "What a model does about too much load; 0 is nothing. The steps are those of Mars:Streams:MaxDegradation.");
        meter.CreateObservableGauge("mars.capacity.left", () => ByModel(m => 1 - m.Scheduler.Load), null, "Share of the last seconds in which a model's sessions were idle, 0 to 1.");
    }

    private IEnumerable<Measurement<T>> ByModel<T>(Func<ServedModel, T> value)
        where T : struct => models.All.Select(m => new Measurement<T>(value(m), new KeyValuePair<string, object?>("model", m.Key)));
}
