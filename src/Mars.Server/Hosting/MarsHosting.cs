using Grpc.HealthCheck;
using Mars.Inference.Diagnostics;
using Mars.Inference.Serving;
using Mars.Server.Configuration;
using Mars.Server.Dashboard;
using Mars.Server.Events;
using Mars.Server.Health;
using Mars.Server.KServe;
using Mars.Server.Models;
using Mars.Server.Security;
using Mars.Server.Services;
using Mars.Server.Streams;
using Mars.Server.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Mars.Server.Hosting;

/// <summary>Puts the server together.</summary>
internal static class MarsHosting
{
    public static void AddMars(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ModelOptions>().BindConfiguration(ModelOptions.Section).ValidateOnStart();
        services.AddOptions<StreamOptions>().BindConfiguration(StreamOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ModelOptions>, ModelOptionsValidator>();
        services.AddSingleton<IValidateOptions<StreamOptions>, StreamOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<InferenceMetrics>();
        services.TryAddSingleton<ModelCatalog>();
        services.TryAddSingleton<CameraRegistry>();
        services.TryAddSingleton<FrameDecoders>();
        services.TryAddSingleton<StreamServices>();
        services.TryAddSingleton<HealthServiceImpl>();
        services.TryAddSingleton<Readiness>();
        services.AddMarsEvents();
        services.TryAddSingleton<ModelLoader>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelLoader>());
        services.AddMarsKServe();
        services.AddGrpcReflection();
        builder.AddMarsSecurity();
        services.AddMarsPage();

        var streams = builder.Configuration.GetSection(StreamOptions.Section).Get<StreamOptions>() ?? new StreamOptions();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = streams.MaxMessageBytes;
            grpc.MaxSendMessageSize = null;
        });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(streams.DrainSeconds));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(listen =>
            {
                listen.LingerAtStop();
                listen.DetectHttp2();
            });
            kestrel.Limits.MaxRequestBodySize = null; // gRPC limits each message; a stream has no length
            kestrel.Limits.MinRequestBodyDataRate = null; // a camera may be silent
        });

        builder.AddMarsTelemetry();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
    }

    /// <summary>Serves until it is stopped.</summary>
    /// <returns>The exit code. A configuration with faults is told fault by fault, and not as a stack trace.</returns>
    public static async Task<int> RunToTheEndAsync(this WebApplication app)
    {
        try
        {
            await app.RunAsync().ConfigureAwait(false);
            return Environment.ExitCode;
        }
        catch (OptionsValidationException exception)
        {
            foreach (var fault in exception.Failures)
                await Console.Error.WriteLineAsync($"mars serve: {fault}").ConfigureAwait(false);
            return 2;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop before it listened: the models could not be loaded, say. The log has the reason.
            return Environment.ExitCode;
        }
    }

    public static void MapMars(this WebApplication app)
    {
        app.UseMarsSecurity();
        app.MapGrpcService<ActionRecognitionService>();
        app.MapGrpcService<ModelAdminService>();
        app.MapMarsKServe();
        app.MapGrpcService<HealthService>().AllowAnonymous();
        app.MapGrpcReflectionService();
        app.MapGet("/livez", () => "live").AllowAnonymous();
        app.MapGet("/readyz", (Readiness readiness) => readiness.IsReady ? Results.Text("ready") : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable)).AllowAnonymous();
        app.MapMarsTelemetry();
        app.MapMarsPage();
    }
}
