using Mars.Inference.Batching;
using Mars.Inference.Diagnostics;
using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.Server.Configuration;
using Mars.Server.Health;
using Microsoft.Extensions.Options;

namespace Mars.Server.Hosting;

/// <summary>Loads and warms up the models while the server already answers its probes; then it is ready. A server without a model stops and says why.</summary>
internal sealed partial class ModelLoader(
    IOptions<ModelOptions> models,
    IOptions<StreamOptions> streams,
    ModelCatalog catalog,
    Readiness readiness,
    InferenceMetrics metrics,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<ModelLoader> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A thread of its own: loading blocks, and the host waits for the first await.
            await Task.Factory.StartNew(Load, stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            readiness.Set(true);
            LogReady(catalog.Default!.Package.Manifest.Name, catalog.Default.Scheduler.Shape.Length);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ProviderUnavailableException)
        {
            LogCannotServe(exception.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private void Load()
    {
        var options = models.Value;
        var packages = ModelRepository.Read(options.Folder, out var refused);
        foreach (var reason in refused)
            LogRefused(reason);
        if (packages.Count == 0)
            throw new InvalidDataException($"there is no usable model package in {Path.GetFullPath(options.Folder)}: give --models DIR, or train one (./mars train --help)");
        var settings = new SessionSettings
        {
            Provider = options.Provider,
            AllowFallback = options.AllowFallback,
            DeviceId = options.DeviceId,
            EngineCache = options.EngineCache,
            Threads = options.Threads,
            MaxBatch = options.MaxBatch,
        };
        var scheduling = new SchedulerOptions
        {
            MaxBatchDelay = TimeSpan.FromMilliseconds(options.MaxBatchDelayMilliseconds),
            LiveDeadline = TimeSpan.FromSeconds(streams.Value.LiveDeadlineSeconds),
        };
        foreach (var package in packages)
        {
            var started = time.GetTimestamp();
            catalog.Load(package, settings, scheduling, metrics, time, LogFault);
            var model = catalog.Find(package.Manifest.Name)!;
            LogLoaded(package.Manifest.Name, package.Manifest.Version, package.Manifest.Kind, model.Provider, time.GetElapsedTime(started).TotalSeconds);
            if (model.Provider != options.Provider)
                LogFallback(options.Provider, model.Provider);
        }
        catalog.SetDefault(options.Default);
    }

    private void LogFault(Exception exception) => LogRunFailed(exception);

    [LoggerMessage(1, LogLevel.Information, "loaded {Name} version {Version} ({Kind}) on {Provider} in {Seconds:0.0} s", EventName = "ModelLoaded")]
    private partial void LogLoaded(string name, string version, string kind, ExecutionProvider provider, double seconds);

    [LoggerMessage(2, LogLevel.Warning, "refused a model: {Reason}", EventName = "ModelRefused")]
    private partial void LogRefused(string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Wanted} is not to be had here; running on {Used}, as the configuration allows", EventName = "ProviderFallback")]
    private partial void LogFallback(ExecutionProvider wanted, ExecutionProvider used);

    [LoggerMessage(4, LogLevel.Information, "ready: cameras may connect; the default model is {Model}, windows of {Frames} frames", EventName = "Ready")]
    private partial void LogReady(string model, int frames);

    [LoggerMessage(5, LogLevel.Critical, "cannot serve: {Reason}", EventName = "CannotServe")]
    private partial void LogCannotServe(string reason);

    [LoggerMessage(6, LogLevel.Error, "a run failed; its windows are lost, the server goes on", EventName = "RunFailed")]
    private partial void LogRunFailed(Exception exception);
}
