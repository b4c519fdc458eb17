using Grpc.AspNetCore.Server;
using Mars.Inference.Diagnostics;
using Mars.Server.Configuration;
using Mars.Server.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Mars.Server.Telemetry;

/// <summary>Metrics at /metrics; metrics and traces by OTLP where an endpoint is set.</summary>
internal static class TelemetryHosting
{
    /// <summary>OpenTelemetry's own name for where OTLP goes.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddMarsTelemetry(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        services.TryAddSingleton(provider => new CameraTags(provider.GetRequiredService<IOptions<TelemetryOptions>>().Value.CameraTags));
        var options = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        if (!options.Enabled)
            return;
        services.TryAddSingleton<ServerGauges>();
        services.TryAddSingleton<CallMetrics>();
        services.AddHostedService<TelemetryStart>();
        services.AddHostedService<GpuWatch>();
        services.Configure<GrpcServiceOptions>(grpc => grpc.Interceptors.Add<CallMetrics>());

        var otlp = !string.IsNullOrEmpty(builder.Configuration[Endpoint]);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("mars-server"))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(InferenceMetrics.MeterName).AddRuntimeInstrumentation().SetExemplarFilter(ExemplarFilterType.TraceBased).AddPrometheusExporter();
                if (otlp)
                    metrics.AddOtlpExporter();
            });
        if (otlp)
            telemetry.WithTracing(traces => traces.AddMarsTraces(options).AddOtlpExporter());
    }

    /// <summary>What is traced, and how much of it. An exporter has to be added.</summary>
    public static TracerProviderBuilder AddMarsTraces(this TracerProviderBuilder traces, TelemetryOptions options) => traces
        .AddSource(Tracing.SourceName)
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceRatio)));

    public static void MapMarsTelemetry(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value.Enabled)
            app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(Policies.Metrics);
    }
}
