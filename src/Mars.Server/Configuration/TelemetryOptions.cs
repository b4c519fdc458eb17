using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Mars.Server.Configuration;

/// <summary>Section Mars:Telemetry: what the server tells about itself. Where traces go is said by OTEL_EXPORTER_OTLP_ENDPOINT, as everywhere.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Mars:Telemetry";

    /// <summary>Metrics and traces are made at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Cameras with a tag of their own in metrics, at most; those beyond share "other". 0: cameras are in no tag. Each is about 40 time series.</summary>
    [Range(0, 10_000)]
    public int CameraTags { get; set; }

    /// <summary>Share of the windows that are traced, from 0 to 1, beside those whose frames come with a sampled trace of their own.</summary>
    [Range(0, 1)]
    public double TraceRatio { get; set; } = 0.01;

    /// <summary>Seconds without a frame after which a connected camera counts as silent.</summary>
    [Range(1, 86_400)]
    public double SilentSeconds { get; set; } = 10;

    /// <summary>The program that tells how busy the GPUs are; empty means nvidia-smi where the provider is Cuda or TensorRt, and none elsewhere.</summary>
    public string GpuProgram { get; set; } = "";

    /// <summary>Seconds between looks at the GPUs.</summary>
    [Range(1, 3600)]
    public double GpuSeconds { get; set; } = 5;
}

/// <summary>Checks <see cref="TelemetryOptions"/> at start, all faults at once.</summary>
[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
