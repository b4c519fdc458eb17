using Mars.Server.Streams;
using Mars.V1;

namespace Mars.Server.Events;

/// <summary>
/// Takes the events of all cameras as a watcher does, keeps those that the sink wants, and delivers them one by one, again and again until the sink has them. Cameras never
/// wait for it: whatever the sink does, at most the oldest events are lost, and counted.
/// </summary>
internal sealed partial class SinkRunner(IEventSink sink, EventSpool spool, CameraRegistry cameras, SinkMetrics metrics, TimeProvider time, ILogger<SinkRunner> log)
{
    // Between the threads that make events and the one that writes them down.
    private const int Arriving = 1024;

    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(250);

    // When the server stops; what is not delivered by then stays in the spool.
    private static readonly TimeSpan LastAttempts = TimeSpan.FromSeconds(3);

    /// <summary>Runs until it is told to stop, then delivers what it still can.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        metrics.ObservePending(sink.Name, () => spool.Count);
        using var watcher = new CameraWatcher(new WatchCamerasRequest(), static _ => true, Arriving, OnLost);
        using var giveUp = new CancellationTokenSource();
        var delivering = DeliverAsync(giveUp.Token);
        cameras.Add(watcher);
        using (stopping.Register(watcher.Outbox.Complete))
        {
            await foreach (var update in watcher.Outbox.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                Take(update);
        }
        cameras.Remove(watcher);
        spool.Complete();
        giveUp.CancelAfter(LastAttempts);
        await delivering.ConfigureAwait(false);
        if (spool.Count > 0)
            LogLeft(sink.Name, spool.Count);
    }

    private void Take(CameraUpdate update)
    {
        if (update.Event is null)
            return;
        var action = SinkEvent.From(update.CameraId, update.Event);
        if (sink.Scope.Wants(action) && !spool.Add(action))
            metrics.Dropped(sink.Name);
    }

    private async Task DeliverAsync(CancellationToken giveUp)
    {
        var failures = 0;
        try
        {
            while (await spool.PeekAsync(giveUp).ConfigureAwait(false) is { } action)
            {
                var delivery = await TryAsync(action, giveUp).ConfigureAwait(false);
                metrics.Ended(sink.Name, delivery.Outcome);
                if (delivery.Outcome == DeliveryOutcome.Failed)
                {
                    if (failures++ == 0)
                        LogFailed(sink.Name, delivery.Reason);
                    await Task.Delay(RetryDelay(failures, delivery.RetryAfter), time, giveUp).ConfigureAwait(false);
                    continue;
                }
                if (delivery.Outcome == DeliveryOutcome.Refused)
                    LogRefused(sink.Name, action.DeliveryId, delivery.Reason);
                else if (failures > 0)
                    LogRecovered(sink.Name, failures);
                failures = 0;
                spool.Remove(action);
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // What is left is told by the caller.
        }
    }

    private async Task<Delivery> TryAsync(SinkEvent action, CancellationToken giveUp)
    {
        try
        {
            return await sink.DeliverAsync(action, giveUp).ConfigureAwait(false);
        }
        catch (Exception exception) when (!giveUp.IsCancellationRequested)
        {
            // Whatever it is, the sink lives on and the event is tried again.
            LogBroken(exception, sink.Name);
            return Delivery.Failed(exception.GetType().Name);
        }
    }

    // Half of each wait is drawn at random, so that many servers do not come back to one receiver in the same instant.
    private TimeSpan RetryDelay(int failures, TimeSpan? asked)
    {
        var longest = Math.Min(FirstRetryDelay.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30)), sink.MaxRetryDelay.TotalSeconds);
        var wait = TimeSpan.FromSeconds(longest * (0.5 + (0.5 * Random.Shared.NextDouble())));
        var least = asked > sink.MaxRetryDelay ? sink.MaxRetryDelay : asked;
        return least > wait ? least.Value : wait;
    }

    private void OnLost(CameraUpdate update)
    {
        if (update.Event is { } action && sink.Scope.Wants(SinkEvent.From(update.CameraId, action)))
            metrics.Dropped(sink.Name);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Sink} does not take events: {Reason}; trying again", EventName = "SinkFailed")]
    private partial void LogFailed(string sink, string reason);

    [LoggerMessage(2, LogLevel.Information, "{Sink} takes events again, after {Attempts} attempts that failed", EventName = "SinkRecovered")]
    private partial void LogRecovered(string sink, int attempts);

    [LoggerMessage(3, LogLevel.Warning, "{Sink} refused event {Delivery}: {Reason}", EventName = "SinkRefused")]
    private partial void LogRefused(string sink, string delivery, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Sink} has {Events} events that were not delivered", EventName = "SinkLeft")]
    private partial void LogLeft(string sink, int events);

    [LoggerMessage(5, LogLevel.Error, "{Sink} broke down; trying again", EventName = "SinkBroken")]
    private partial void LogBroken(Exception exception, string sink);
}
