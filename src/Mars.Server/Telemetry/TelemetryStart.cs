using Mars.Inference.Diagnostics;
using Mars.Server.Configuration;
using Mars.Server.Streams;
using Microsoft.Extensions.Options;

namespace Mars.Server.Telemetry;

/// <summary>Makes the instruments that are read when asked for, starts counters at 0, and says once where telemetry goes.</summary>
internal sealed partial class TelemetryStart(
    ServerGauges gauges, InferenceMetrics metrics, IConfiguration configuration, IOptions<TelemetryOptions> options, ILogger<TelemetryStart> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        gauges.Observe();
        metrics.ExpectRejections(FrameLayout.Reasons);
        if (configuration[TelemetryHosting.Endpoint] is { Length: > 0 } endpoint)
            LogOtlp(endpoint, options.Value.TraceRatio);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "metrics and traces go to {Endpoint}; traced: windows whose frames bring a sampled trace, and {Ratio:P} of the others", EventName = "OtlpOn")]
    private partial void LogOtlp(string endpoint, double ratio);
}
