using Mars.Server.Configuration;
using Mars.Server.Streams;
using Mars.V1;
using Microsoft.Extensions.Options;

namespace Mars.Server.Dashboard;

/// <summary>
/// Follows all cameras as a watcher, whose bounded outbox keeps it from ever slowing one, and keeps of each what a page shows. Pages read from here, each at its own
/// pace: one that is slow finds newer things when it comes back, and nothing has waited for it.
/// </summary>
internal sealed class CameraHistories(CameraRegistry cameras, IOptions<PageOptions> page, TimeProvider time) : BackgroundService
{
    private const int Waiting = 4096;

    private static readonly TimeSpan StateInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, CameraHistory> _cameras = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _version;

    /// <summary>What is new since a version, of the cameras that one may see.</summary>
    /// <param name="since">0 for all.</param>
    /// <param name="maySee">Which cameras.</param>
    /// <param name="known">Ids of cameras; becomes those that there are.</param>
    public (IReadOnlyList<LiveCamera> Cameras, IReadOnlyList<string> Gone, IReadOnlyList<LiveEvent> Events, long Version) Since(long since, Predicate<string> maySee, ISet<string> known)
    {
        lock (_lock)
        {
            var (changed, events) = (new List<LiveCamera>(), new List<LiveEvent>());
            foreach (var (id, history) in _cameras)
            {
                if (!maySee(id))
                    continue;
                known.Add(id);
                if (history.Version > since)
                    changed.Add(history.Camera());
                events.AddRange(history.EventsAfter(since));
            }
            var gone = known.Where(id => !_cameras.ContainsKey(id)).ToArray();
            known.ExceptWith(gone);
            return (changed, gone, [.. events.OrderBy(e => e.Start)], _version);
        }
    }

    /// <summary>The near past of one camera; null if it is not known.</summary>
    public CameraPast? Past(string camera)
    {
        lock (_lock)
            return _cameras.GetValueOrDefault(camera)?.Past();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!page.Value.Enabled)
            return;
        using var watcher = new CameraWatcher(new WatchCamerasRequest { Predictions = true }, static _ => true, Waiting);
        cameras.Add(watcher);
        try
        {
            await Task.WhenAll(FollowAsync(watcher, stoppingToken), CountAsync(stoppingToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server has stopped.
        }
        finally
        {
            cameras.Remove(watcher);
            watcher.Outbox.Complete();
        }
    }

    private async Task FollowAsync(CameraWatcher watcher, CancellationToken stopping)
    {
        await foreach (var update in watcher.Outbox.ReadAllAsync(stopping).ConfigureAwait(false))
            Apply(update);
    }

    // Rates change when nothing happens, too.
    private async Task CountAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(StateInterval, time);
        do
        {
            var states = cameras.List();
            lock (_lock)
            {
                _version++;
                foreach (var state in states)
                    History(state).Set(state, _version);
                if (_cameras.Count > states.Count)
                {
                    foreach (var id in _cameras.Keys.Where(id => !cameras.Knows(id)).ToArray())
                        _cameras.Remove(id);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
    }

    private void Apply(CameraUpdate update)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            _version++;
            if (update.State is { } state)
                History(state).Set(state, _version);
            if (!_cameras.TryGetValue(update.CameraId, out var history))
                return;
            if (update.Prediction is { } prediction)
                history.Add(prediction, now, _version);
            else if (update.Event is { } action)
                history.Add(action, now, _version);
            else if (update.Notice is { } notice)
                history.Add(notice, now);
        }
    }

    private CameraHistory History(CameraState state)
    {
        if (!_cameras.TryGetValue(state.CameraId, out var history))
            _cameras[state.CameraId] = history = new CameraHistory(state, page.Value);
        return history;
    }
}
