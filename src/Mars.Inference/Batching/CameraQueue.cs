using Mars.Inference.Windowing;

namespace Mars.Inference.Batching;

/// <summary>
/// The windows of one camera that wait for a run. Live: at most one, and a newer one replaces it. Every-window: up to <see cref="QueueOptions.Capacity"/> that are not
/// yet released, and the camera's reader waits for room. The queue may move from one scheduler to another between windows, when a model is reloaded.
/// </summary>
public sealed class CameraQueue : IDisposable
{
    private readonly FrameRing _ring;
    private readonly IWindowSink _sink;
    private readonly SemaphoreSlim? _room;
    private readonly Queue<Window> _waiting;
    private readonly long _deadline; // ticks of the clock, as the next; live only
    private readonly long _stride;
    private readonly Lock _lock = new();
    private volatile WindowScheduler _scheduler;
    private BatchWorker? _worker;
    private bool _disposed;

    internal CameraQueue(WindowScheduler scheduler, FrameRing ring, IWindowSink sink, QueueOptions options, long deadline)
    {
        _scheduler = scheduler;
        _ring = ring;
        _sink = sink;
        Options = options;
        _deadline = deadline;
        _stride = options.Deadline is null ? (long)(options.Stride.TotalSeconds * scheduler.Time.TimestampFrequency) : 0;
        _room = options.EveryWindow ? new SemaphoreSlim(options.Capacity, options.Capacity) : null;
        _waiting = new Queue<Window>(options.EveryWindow ? options.Capacity : 1);
    }

    /// <summary>What its camera asked for.</summary>
    public QueueOptions Options { get; }

    /// <summary>Whose model answers now.</summary>
    public WindowScheduler Scheduler => _scheduler;

    /// <summary>Turns that it has had, each as 1 / weight; the camera with the fewest is the next.</summary>
    internal double Turns { get; private set; }

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
            _scheduler.End(this, superseded, WindowOutcome.Superseded);
        _scheduler.Signal();
    }

    /// <summary>Every-window: waits until no window waits for its copy any more. Live windows may be lost, and are not waited for.</summary>
    public async ValueTask WhenTakenAsync(CancellationToken cancellation)
    {
        while (_room is not null && Waiting() > 0)
            await Task.Delay(1, cancellation).ConfigureAwait(false);
    }

    /// <summary>Every-window: the answer to one window is on its way out, there is room for another.</summary>
    public void Release() => _room?.Release();

    /// <summary>Takes the camera out of the schedule; what waits is forgotten.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _waiting.Clear();
        }
        _scheduler.Remove(this);
    }

    internal FrameRing Ring => _ring;

    internal IWindowSink Sink => _sink;

    /// <summary>Windows that wait.</summary>
    internal int Waiting()
    {
        lock (_lock)
            return _waiting.Count;
    }

    /// <summary>When the oldest waiting window was complete; false if none waits or another worker has the camera: its answers must keep their order.</summary>
    internal bool TryPeek(out long completed, out int count)
    {
        lock (_lock)
        {
            count = _worker is null ? _waiting.Count : 0;
            completed = count > 0 ? _waiting.Peek().Completed : 0;
            return count > 0;
        }
    }

    /// <summary>Copies the oldest waiting window into a batch.</summary>
    /// <param name="worker">Whose batch; the camera is this worker's until <see cref="Done"/>.</param>
    /// <param name="clip">Its place in the batch.</param>
    /// <param name="now">Time stamp.</param>
    /// <param name="turn">The turns of those that are served now: a camera that was silent meanwhile has saved none.</param>
    /// <param name="window">What was taken.</param>
    internal bool TryTake(BatchWorker worker, Span<byte> clip, long now, double turn, out Window window)
    {
        bool expired;
        lock (_lock)
        {
            if ((_worker is not null && _worker != worker) || !_waiting.TryDequeue(out window))
            {
                window = default;
                return false;
            }
            // After a gap a window may have waited until the ring came round to it: half of it would be of other frames.
            expired = (_room is null && IsTooOld(window, now)) || !_ring.TryCopyTo(window.FirstTick, clip);
            if (!expired)
            {
                Turns = Math.Max(Turns, turn) + (1 / Options.Weight);
                _worker = worker;
            }
        }
        if (expired)
            _scheduler.End(this, window, WindowOutcome.Expired);
        return !expired;
    }

    // By the time that it has waited here: an idle worker then always runs what comes, however late it came.
    private bool IsTooOld(in Window window, long now) => now - window.Completed > (_stride > 0 ? Math.Min(_deadline, _stride + (2 * _scheduler.RunTicks)) : _deadline);

    /// <summary>The worker's batch has been answered.</summary>
    internal void Done()
    {
        lock (_lock)
            _worker = null;
    }

    /// <summary>From here on another scheduler takes the windows, those that wait already among them; what a worker has taken it still answers.</summary>
    internal void MoveTo(WindowScheduler scheduler)
    {
        _scheduler.Remove(this);
        lock (_lock)
        {
            if (_disposed)
                return;
            _scheduler = scheduler;
        }
        scheduler.Join(this);
        lock (_lock)
        {
            if (!_disposed)
                return;
        }
        scheduler.Remove(this); // it left meanwhile
    }
}
