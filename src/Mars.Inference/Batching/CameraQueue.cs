using Mars.Inference.Windowing;

namespace Mars.Inference.Batching;

/// <summary>
/// The windows of one camera that wait for a run. Live: at most one, and a newer one replaces it. Every-window: up to <c>capacity</c> that are not yet
/// released, and the camera's reader waits for room.
/// </summary>
public sealed class CameraQueue : IDisposable
{
    private readonly WindowScheduler _scheduler;
    private readonly FrameRing _ring;
    private readonly IWindowSink _sink;
    private readonly SemaphoreSlim? _room;
    private readonly Queue<Window> _waiting;
    private readonly Lock _lock = new();

    internal CameraQueue(WindowScheduler scheduler, FrameRing ring, IWindowSink sink, bool everyWindow, int capacity)
    {
        _scheduler = scheduler;
        _ring = ring;
        _sink = sink;
        _room = everyWindow ? new SemaphoreSlim(capacity, capacity) : null;
        _waiting = new Queue<Window>(everyWindow ? capacity : 1);
    }

    /// <summary>Time stamp of the last window that was taken; the camera longest unserved comes first.</summary>
    internal long LastServed { get; private set; }

    /// <summary>Queues a window for a run.</summary>
    public async ValueTask EnqueueAsync(Window window, CancellationToken cancellation)
    {
        if (_room is not null)
            await _room.WaitAsync(cancellation).ConfigureAwait(false);
        Window? replaced = null;
        lock (_lock)
        {
            if (_room is null && _waiting.TryDequeue(out var older))
                replaced = older;
            _waiting.Enqueue(window);
        }
        if (replaced is { } superseded)
            _scheduler.End(_sink, superseded, WindowOutcome.Superseded);
        _scheduler.Signal();
    }

    /// <summary>Every-window: the answer to one window is on its way out, there is room for another.</summary>
    public void Release() => _room?.Release();

    /// <summary>Takes the camera out of the schedule; what waits is forgotten.</summary>
    public void Dispose()
    {
        _scheduler.Remove(this);
        lock (_lock)
            _waiting.Clear();
    }

    /// <summary>When the oldest waiting window was complete; false if none waits.</summary>
    internal bool TryPeek(out long completed, out int count)
    {
        lock (_lock)
        {
            count = _waiting.Count;
            completed = count > 0 ? _waiting.Peek().Completed : 0;
            return count > 0;
        }
    }

    /// <summary>Copies the oldest waiting window into a batch. The copy is made under the lock: until it is done the window protects its slots of the ring.</summary>
    /// <param name="clip">Its place in the batch.</param>
    /// <param name="now">Time stamp.</param>
    /// <param name="liveDeadline">A live window completed before this time stamp is dropped.</param>
    /// <param name="taken">The window and its sink.</param>
    internal bool TryTake(Span<byte> clip, long now, long liveDeadline, out (Window Window, IWindowSink Sink) taken)
    {
        taken = default;
        Window? expired = null;
        lock (_lock)
        {
            if (!_waiting.TryDequeue(out var window))
                return false;
            if (_room is null && window.Completed < liveDeadline)
            {
                expired = window;
            }
            else
            {
                _ring.CopyTo(window.FirstTick, clip);
                taken = (window, _sink);
                LastServed = now;
            }
        }
        if (expired is { } late)
            _scheduler.End(_sink, late, WindowOutcome.Expired);
        return expired is null;
    }
}
