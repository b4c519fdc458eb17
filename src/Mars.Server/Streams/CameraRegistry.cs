using System.Collections.Concurrent;
using Mars.Inference.Windowing;
using Mars.Server.Configuration;
using Mars.Server.Errors;
using Mars.V1;
using Microsoft.Extensions.Options;

namespace Mars.Server.Streams;

/// <summary>The cameras that are, and were, connected, and those who watch them.</summary>
internal sealed class CameraRegistry(IOptions<StreamOptions> options)
{
    private readonly Dictionary<string, (CameraStatus Status, CancellationTokenSource Replaced)> _cameras = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<CameraWatcher, bool> _watchers = new();
    private readonly Lock _lock = new();
    private int _phases;

    /// <summary>
    /// Adds a camera session. A camera that is connected already is taken over: after a network cut the server may not have noticed that the old connection is dead.
    /// </summary>
    /// <param name="status">Its counters.</param>
    /// <param name="replaced">Cancelled when another connection takes the camera over.</param>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED when the server is full.</exception>
    public void Open(CameraStatus status, CancellationTokenSource replaced)
    {
        lock (_lock)
        {
            if (_cameras.TryGetValue(status.CameraId, out var entry) && entry.Status.Connected)
                _ = entry.Replaced.CancelAsync();
            else if (_cameras.Count(c => c.Value.Status.Connected) >= options.Value.MaxCameras)
                throw RpcErrors.Full($"{options.Value.MaxCameras} cameras are connected, which is this server's limit", TimeSpan.FromSeconds(5));
            _cameras[status.CameraId] = (status, replaced);
            ForgetOldest();
        }
        Publish(status.CameraId, () => new CameraUpdate { State = status.ToMessage() });
    }

    /// <summary>Where in a lengthened stride the next camera's windows fall: as far as can be from those of the cameras before, however many come (the golden ratio).</summary>
    public double NextPhase() => Interlocked.Increment(ref _phases) * 0.6180339887498949 % 1;

    /// <summary>Whether a camera of that name is connected, or was.</summary>
    public bool Knows(string camera)
    {
        lock (_lock)
            return _cameras.ContainsKey(camera);
    }

    /// <summary>A camera session has ended.</summary>
    public void Close(CameraStatus status)
    {
        lock (_lock)
            (status.Connected, status.Frames) = (false, null); // it stays listed, its frames do not stay in memory
        Publish(status.CameraId, () => new CameraUpdate { State = status.ToMessage() });
    }

    /// <summary>How many cameras are connected, and how many of them have sent no frame for so long.</summary>
    public (int Connected, int Silent) Count(TimeSpan silence)
    {
        lock (_lock)
        {
            var connected = _cameras.Values.Where(c => c.Status.Connected).ToList();
            return (connected.Count, connected.Count(c => c.Status.Silence > silence));
        }
    }

    /// <summary>The last frames of a connected camera and the model that answers it; null if there is none of that name.</summary>
    public (FrameRing Frames, ModelRef Model)? Look(string camera)
    {
        lock (_lock)
            return _cameras.TryGetValue(camera, out var entry) && entry.Status.Frames is { } frames ? (frames, entry.Status.Model) : null;
    }

    public IReadOnlyList<CameraState> List()
    {
        lock (_lock)
            return [.. _cameras.Values.OrderBy(c => c.Status.CameraId, StringComparer.Ordinal).Select(c => c.Status.ToMessage())];
    }

    /// <summary>Tells the watchers of a camera. The message is made only if one wants it.</summary>
    public void Publish(string camera, Func<CameraUpdate> make, bool prediction = false)
    {
        CameraUpdate? update = null;
        foreach (var (watcher, _) in _watchers)
        {
            if (!watcher.Wants(camera, prediction))
                continue;
            if (update is null)
            {
                update = make();
                update.CameraId = camera;
            }
            watcher.Offer(update);
        }
    }

    public void Add(CameraWatcher watcher) => _watchers[watcher] = true;

    public void Remove(CameraWatcher watcher) => _watchers.TryRemove(watcher, out _);

    // Cameras that left stay listed, but not for ever: ids may be random.
    private void ForgetOldest()
    {
        while (_cameras.Count > 2 * options.Value.MaxCameras)
            _cameras.Remove(_cameras.First(c => !c.Value.Status.Connected).Key);
    }
}
