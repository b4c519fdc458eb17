using Mars.Server.Streams;
using Microsoft.Extensions.Options;

namespace Mars.Server.Events;

/// <summary>Runs the sinks that the configuration names. They start before cameras can connect and end after the last has gone, so they miss no event.</summary>
internal sealed partial class EventSinks(
    IOptions<SinkOptions> options, CameraRegistry cameras, SinkMetrics metrics, TimeProvider time, IHostApplicationLifetime lifetime, ILoggerFactory logs) : BackgroundService
{
    private readonly ILogger _log = logs.CreateLogger<EventSinks>();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Open().Select(make => RunAsync(make, stoppingToken)));

    private async Task RunAsync((string Name, bool Spooled, Func<IEventSink> Make) sink, CancellationToken stopping)
    {
        try
        {
            var path = sink.Spooled && options.Value.SpoolFolder.Length > 0 ? Path.Combine(options.Value.SpoolFolder, $"{sink.Name}.events") : null;
            using var spool = new EventSpool(path, options.Value.SpoolEvents);
            if (spool.Count > 0)
                LogResumed(sink.Name, spool.Count);
            await using var opened = sink.Make();
            await new SinkRunner(opened, spool, cameras, metrics, time, logs.CreateLogger<SinkRunner>()).RunAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNoSpool(sink.Name, exception.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private IEnumerable<(string Name, bool Spooled, Func<IEventSink> Make)> Open()
    {
        var all = options.Value;
        for (var i = 0; i < all.Webhooks.Count; i++)
        {
            var (webhook, name) = (all.Webhooks[i], all.Webhooks[i].NameOr(i));
            yield return (name, true, () => new WebhookSink(name, webhook, time));
        }
        if (all.Mqtt.Host.Length > 0)
            yield return ("mqtt", true, () => new MqttSink(all.Mqtt, time, logs.CreateLogger<MqttSink>()));
        if (all.File.Path.Length > 0)
            yield return ("file", false, () => new EventFileSink(all.File));
    }

    [LoggerMessage(1, LogLevel.Information, "{Sink} goes on with {Events} events that it has not taken yet", EventName = "SinkResumed")]
    private partial void LogResumed(string sink, int events);

    [LoggerMessage(2, LogLevel.Critical, "{Sink} cannot keep its events: {Reason}. Set Mars:Events:SpoolFolder to a folder that can be written, one for each server, or to nothing to keep events in memory alone", EventName = "SinkWithoutSpool")]
    private partial void LogNoSpool(string sink, string reason);
}
