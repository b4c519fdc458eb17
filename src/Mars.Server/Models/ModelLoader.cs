using Mars.Inference.Diagnostics;
using Mars.Inference.Serving;
using Mars.Inference.Sessions;
using Mars.Server.Configuration;
using Mars.Server.Health;
using Microsoft.Extensions.Options;

namespace Mars.Server.Models;

/// <summary>
/// Loads and warms up the models while the server already answers its probes; then it is ready. A server without a model stops and says why. After that it looks at the
/// folder now and then, and takes into service what is new.
/// </summary>
internal sealed partial class ModelLoader : BackgroundService
{
    private const int MostLooks = 360;

    private readonly ModelOptions _models;
    private readonly ModelCatalog _catalog;
    private readonly ModelReloader _reloader;
    private readonly Readiness _readiness;
    private readonly InferenceMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<ModelLoader> _log;

    public ModelLoader(
        IOptions<ModelOptions> models,
        IOptions<StreamOptions> streams,
        ModelCatalog catalog,
        Readiness readiness,
        InferenceMetrics metrics,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ILogger<ModelLoader> log)
    {
        (_models, _catalog, _readiness, _metrics, _time, _lifetime, _log) = (models.Value, catalog, readiness, metrics, time, lifetime, log);
        var serving = _models.ToServing(streams.Value);
        _reloader = new ModelReloader(catalog, new ModelOpener(serving, metrics, time, LogFault), serving);
    }

    /// <summary>Packages that could not be used when the folder was last read, with the reason.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    /// <summary>Looks at the folder now. Returns when what is new answers, or has been refused.</summary>
    /// <exception cref="InvalidDataException">The default model or an alias means nothing: all stays as it was.</exception>
    public Task<ReloadResult> ReloadAsync(CancellationToken cancellation) =>
        // A thread of its own: loading blocks, and the host waits for the first await.
        Task.Factory.StartNew(
            () =>
            {
                var started = _time.GetTimestamp();
                var result = _reloader.Run();
                Tell(result, _time.GetElapsedTime(started));
                return result;
            },
            cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not before the server listens: one without a model would else be stopped while it starts, and say nothing but that it was.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (_lifetime.ApplicationStarted.Register(started.SetResult))
            await started.Task.WaitAsync(stoppingToken).ConfigureAwait(false);
        try
        {
            await ReloadAsync(stoppingToken).ConfigureAwait(false);
            if (_catalog.Default is not { } model)
                throw new InvalidDataException($"there is no usable model package in {Path.GetFullPath(_models.Folder)}: give --models DIR, or train one (./mars train --help)");
            _readiness.Set(true);
            LogReady(model.Key, model.Scheduler.Shape.Length);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ProviderUnavailableException)
        {
            LogCannotServe(exception.Message);
            Environment.ExitCode = 1;
            _lifetime.StopApplication();
            return;
        }
        if (_models.WatchSeconds > 0)
            await WatchAsync(stoppingToken).ConfigureAwait(false);
    }

    // By looking, not by the system's notices: those do not come from network shares and mounted volumes, which is where models of many servers lie.
    private async Task WatchAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(_models.WatchSeconds), _time);
        var (done, seen) = (Look(), string.Empty);
        var (again, pause) = (0, 1); // looks until what was refused is tried again: a share may have hung
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            var now = Look();
            var settled = now == seen; // what changed since the last look may still be being copied
            seen = now;
            if (!settled || (now == done && --again != 0))
                continue;
            pause = now == done ? Math.Min(2 * pause, MostLooks) : 1;
            (done, again) = (now, pause);
            try
            {
                if ((await ReloadAsync(stopping).ConfigureAwait(false)).Refused.Count == 0)
                    again = 0;
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or ProviderUnavailableException)
            {
                LogRefused(exception.Message);
            }
        }
    }

    // Names, sizes and times of all files: enough to see that something has changed, without reading them.
    private string Look()
    {
        try
        {
            return string.Join('\n', new DirectoryInfo(_models.Folder).EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(f => $"{f.FullName} {f.Length} {f.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal));
        }
        catch (IOException exception)
        {
            return exception.Message; // it changes under our eyes: look again
        }
    }

    private void Tell(ReloadResult result, TimeSpan took)
    {
        _metrics.ModelsRefused(result.Refused.Count);
        Refused = result.Refused;
        foreach (var reason in result.Refused)
            LogRefused(reason);
        foreach (var model in result.Loaded)
        {
            LogLoaded(model.Package.Manifest.Name, model.Package.Manifest.Version, model.Package.Manifest.Kind, model.Provider, took.TotalSeconds);
            if (model.Provider != _models.Provider)
                LogFallback(_models.Provider, model.Provider);
        }
        foreach (var model in result.Removed)
            LogRemoved(model.Key);
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

    [LoggerMessage(7, LogLevel.Information, "{Model} is served no more; it ends with its last camera", EventName = "ModelRemoved")]
    private partial void LogRemoved(string model);
}
