using Mars.Inference.Diagnostics;
using Mars.Inference.Sessions;
using Mars.Inference.Windowing;

namespace Mars.Inference.Batching;

/// <summary>
/// Makes batches of the windows of many cameras and runs them on one session, on a thread of its own. A batch closes when it is full or when its oldest window has
/// waited its delay; the camera longest unserved comes first, one window a turn.
/// </summary>
public sealed class WindowScheduler : IDisposable
{
    private readonly IClipSession _session;
    private readonly SchedulerOptions _options;
    private readonly InferenceMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFault;
    private readonly List<CameraQueue> _cameras = [];
    private readonly List<CameraQueue> _turns = [];
    private readonly List<(Window Window, IWindowSink Sink)> _batch = [];
    private readonly object _gate = new();
    private readonly Thread _thread;
    private bool _stopping;

    /// <param name="name">The model's, for the thread and the metrics.</param>
    /// <param name="session">Runs the batches; owned from here on.</param>
    /// <param name="options">Delays.</param>
    /// <param name="metrics">Where outcomes are counted.</param>
    /// <param name="time">The clock of the time stamps in <see cref="Window"/>.</param>
    /// <param name="onFault">Told when a run or a sink throws; the windows of a failed run end as Failed, and the scheduler goes on.</param>
    public WindowScheduler(
        string name, IClipSession session, SchedulerOptions options, InferenceMetrics metrics, TimeProvider time, Action<Exception> onFault)
    {
        Name = name;
        _session = session;
        _options = options;
        _metrics = metrics;
        _time = time;
        _onFault = onFault;
        _thread = new Thread(Work) { IsBackground = true, Name = $"mars inference {name}" };
        _thread.Start();
    }

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>What the model takes and gives.</summary>
    public ClipShape Shape => _session.Shape;

    /// <summary>Windows in one run, at most.</summary>
    public int MaxBatch => _session.MaxBatch;

    /// <summary>Adds a camera.</summary>
    /// <param name="ring">Its frames.</param>
    /// <param name="sink">Where its windows end.</param>
    /// <param name="everyWindow">No window is left out; otherwise live.</param>
    /// <param name="capacity">Every-window: windows that may be under way at once.</param>
    public CameraQueue Add(FrameRing ring, IWindowSink sink, bool everyWindow, int capacity)
    {
        var camera = new CameraQueue(this, ring, sink, everyWindow, capacity);
        lock (_gate)
            _cameras.Add(camera);
        return camera;
    }

    /// <summary>Stops after the batch in hand and gives the session back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
        _thread.Join();
        _session.Dispose();
    }

    internal void Signal()
    {
        lock (_gate)
            Monitor.Pulse(_gate);
    }

    internal void Remove(CameraQueue camera)
    {
        lock (_gate)
            _cameras.Remove(camera);
    }

    internal void End(IWindowSink sink, in Window window, WindowOutcome outcome)
    {
        _metrics.WindowEnded(Name, outcome.ToString());
        sink.Drop(window, outcome);
    }

    private void Work()
    {
        while (WaitForBatch())
        {
            FillBatch();
            if (_batch.Count > 0)
                RunBatch();
        }
    }

    /// <summary>Blocks until a batch should close.</summary>
    /// <returns>False when it is time to stop.</returns>
    private bool WaitForBatch()
    {
        lock (_gate)
        {
            while (!_stopping)
            {
                var waiting = 0;
                var oldest = long.MaxValue;
                foreach (var camera in _cameras)
                {
                    if (!camera.TryPeek(out var completed, out var count))
                        continue;
                    waiting += count;
                    oldest = Math.Min(oldest, completed);
                }
                if (waiting == 0)
                {
                    Monitor.Wait(_gate);
                    continue;
                }
                var left = _options.MaxBatchDelay - _time.GetElapsedTime(oldest);
                if (waiting >= _session.MaxBatch || _cameras.Count == 1 || left <= TimeSpan.Zero)
                    return true;
                Monitor.Wait(_gate, left);
            }
            return false;
        }
    }

    private void FillBatch()
    {
        _batch.Clear();
        _turns.Clear();
        lock (_gate)
            _turns.AddRange(_cameras);
        _turns.Sort(static (a, b) => a.LastServed.CompareTo(b.LastServed));
        var now = _time.GetTimestamp();
        var liveDeadline = now - (long)(_options.LiveDeadline.TotalSeconds * _time.TimestampFrequency);
        bool any;
        do
        {
            any = false;
            foreach (var camera in _turns)
            {
                if (_batch.Count == _session.MaxBatch)
                    return;
                if (!camera.TryTake(_session.Input(_batch.Count), now, liveDeadline, out var taken))
                    continue;
                _batch.Add(taken);
                any = true;
            }
        }
        while (any);
    }

    private void RunBatch()
    {
        var started = _time.GetTimestamp();
        try
        {
            _session.Run(_batch.Count);
        }
        catch (Exception exception)
        {
            // The thread must outlive a failed run: whoever waits is told, and the next batch may well succeed.
            _onFault(exception);
            foreach (var (window, sink) in _batch)
                End(sink, window, WindowOutcome.Failed);
            return;
        }
        var inference = _time.GetElapsedTime(started);
        _metrics.BatchRun(Name, _batch.Count, inference);
        for (var i = 0; i < _batch.Count; i++)
        {
            var (window, sink) = _batch[i];
            var queue = _time.GetElapsedTime(window.Completed, started);
            _metrics.WindowAnswered(Name, queue);
            Tell(sink, window, _session.Logits(i), new WindowTimes(queue, inference, _batch.Count));
        }
    }

    // One camera's fault must not end the thread that serves all of them.
    private void Tell(IWindowSink sink, in Window window, ReadOnlySpan<float> logits, WindowTimes times)
    {
        try
        {
            sink.Answer(window, logits, times);
        }
        catch (Exception exception)
        {
            _onFault(exception);
        }
    }
}
