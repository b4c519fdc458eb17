using Mars.Inference.Diagnostics;
using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.Inference.Windowing;

namespace Mars.Inference.Batching;

/// <summary>
/// Makes batches of the windows of many cameras and runs them on the sessions of one model, each on a thread of its own. A batch closes when it is full or when its
/// oldest window has waited its delay, which grows with the load; the camera longest unserved comes first, by its weight.
/// </summary>
public sealed class WindowScheduler : IDisposable
{
    private readonly SchedulerOptions _options;
    private readonly InferenceMetrics _metrics;
    private readonly Action<Exception> _onFault;
    private readonly List<CameraQueue> _cameras = [];
    private readonly BatchWorker[] _workers;
    private readonly object _gate = new();
    private readonly RunTags _run;
    private double _turn;
    private long _runTicks;
    private bool _stopping;

    /// <param name="package">The model; told with each answer.</param>
    /// <param name="sessions">That run it, all of the same shape; owned from here on.</param>
    /// <param name="options">Delays.</param>
    /// <param name="metrics">Where outcomes are counted.</param>
    /// <param name="time">The clock of the time stamps in <see cref="Window"/>.</param>
    /// <param name="onFault">Told when a run or a sink throws; the windows of a failed run end as Failed, and the scheduler goes on.</param>
    /// <param name="start">False: no threads; <see cref="Step"/> does what they would.</param>
    public WindowScheduler(
        ModelPackage package, IReadOnlyList<IClipSession> sessions, SchedulerOptions options, InferenceMetrics metrics, TimeProvider time, Action<Exception> onFault, bool start = true)
    {
        Package = package;
        Time = time;
        _options = options;
        _metrics = metrics;
        _onFault = onFault;
        _workers = [.. sessions.Select(s => new BatchWorker(this, s))];
        Ladder = new DegradationLadder(time, options.MaxDegradation, () => Load);
        _run = new RunTags(package.Key, package.Manifest.Precision, sessions[0].Provider.ToString().ToLowerInvariant());
        for (var i = 0; start && i < _workers.Length; i++)
            _workers[i].Start(i + 1);
    }

    /// <summary>The model.</summary>
    public ModelPackage Package { get; }

    /// <summary>The model's name.</summary>
    public string Name => Package.Manifest.Name;

    /// <summary>What the model takes and gives.</summary>
    public ClipShape Shape => _workers[0].Session.Shape;

    /// <summary>What it does about too much load.</summary>
    public DegradationLadder Ladder { get; }

    /// <summary>The share of the recent past in which its sessions ran: 0, idle, to 1.</summary>
    public double Load => _workers.Average(w => w.Load);

    internal TimeProvider Time { get; }

    /// <summary>The turns of the camera that was served last.</summary>
    internal double Turn
    {
        get => Volatile.Read(ref _turn);
        set => Volatile.Write(ref _turn, value);
    }

    /// <summary>What a run takes, in ticks of the clock: of late, on average. Before the first one there is no telling, and nothing is too old for it.</summary>
    internal long RunTicks => Volatile.Read(ref _runTicks) is > 0 and var ticks ? ticks : long.MaxValue / 4;

    /// <summary>Cameras that it answers now.</summary>
    public int CameraCount
    {
        get
        {
            lock (_gate)
                return _cameras.Count;
        }
    }

    /// <summary>Windows that wait for a run now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _cameras.Sum(c => c.Waiting());
        }
    }

    /// <summary>Adds a camera.</summary>
    /// <param name="ring">Its frames.</param>
    /// <param name="sink">Where its windows end.</param>
    /// <param name="options">How they are treated.</param>
    public CameraQueue Add(FrameRing ring, IWindowSink sink, QueueOptions options)
    {
        var deadline = (long)((options.Deadline ?? _options.LiveDeadline).TotalSeconds * Time.TimestampFrequency);
        var camera = new CameraQueue(this, ring, sink, options, deadline);
        Join(camera);
        return camera;
    }

    /// <summary>Hands the cameras that follow a name over to the model that it means now; those that it cannot take are told to open their streams again.</summary>
    /// <returns>Cameras that are left here.</returns>
    public int Move(string follows, WindowScheduler to, bool takesTheSameClips)
    {
        CameraQueue[] cameras;
        lock (_gate)
            cameras = [.. _cameras];
        foreach (var camera in cameras.Where(c => c.Options.Follows == follows))
        {
            if (takesTheSameClips)
                camera.MoveTo(to);
            else
                camera.Sink.Retire();
        }
        return CameraCount;
    }

    /// <summary>Does one batch of the first session on the caller's thread, where no threads were started.</summary>
    internal int Step() => _workers[0].Step();

    /// <summary>Stops after the batches in hand and gives the sessions back. What still waits is not answered.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
        foreach (var worker in _workers)
            worker.Join();
        foreach (var worker in _workers)
            worker.Session.Dispose();
    }

    internal void Signal()
    {
        lock (_gate)
            Monitor.Pulse(_gate);
    }

    internal void Join(CameraQueue camera)
    {
        lock (_gate)
        {
            _cameras.Add(camera);
            Monitor.Pulse(_gate);
        }
    }

    internal void Remove(CameraQueue camera)
    {
        lock (_gate)
            _cameras.Remove(camera);
    }

    internal void CopyTurns(List<(double Turns, CameraQueue Camera)> turns)
    {
        lock (_gate)
        {
            foreach (var camera in _cameras)
                turns.Add((camera.Turns, camera));
        }
    }

    /// <summary>Blocks until a batch should close.</summary>
    /// <returns>False when it is time to stop.</returns>
    internal bool WaitForBatch(int maxBatch, LoadMeter load)
    {
        lock (_gate)
        {
            while (!_stopping)
            {
                var (waiting, oldest) = CountWaiting();
                if (waiting == 0)
                {
                    Monitor.Wait(_gate);
                    continue;
                }
                // Idle, a window runs at once: nobody else would profit. Under load others are about to come.
                var left = (_options.MaxBatchDelay * load.Load) - Time.GetElapsedTime(oldest);
                if (waiting >= maxBatch || _cameras.Count == 1 || left <= TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond / 10))
                    return true;
                Monitor.Wait(_gate, left);
            }
            return false;
        }
    }

    // Apart from the wait, whose frame on the stack would otherwise hold the last camera that it looked at, gone or not, until the next window.
    private (int Waiting, long Oldest) CountWaiting()
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
        return (waiting, oldest);
    }

    internal void Fault(Exception exception) => _onFault(exception);

    internal void Ran(int windows, TimeSpan took)
    {
        var ticks = (long)(took.TotalSeconds * Time.TimestampFrequency);
        var before = Volatile.Read(ref _runTicks);
        Volatile.Write(ref _runTicks, before == 0 ? ticks : before + ((ticks - before) / 8));
        _metrics.BatchRun(_run, windows, took);
    }

    internal void Answer(CameraQueue camera, in Window window, ReadOnlySpan<float> logits, WindowTimes times)
    {
        _metrics.WindowAnswered(Package.Key, times.Queue);
        if (!camera.Options.EveryWindow)
            Ladder.Ended(answered: true);
        try
        {
            camera.Sink.Answer(window, logits, times, Package);
        }
        catch (Exception exception)
        {
            // One camera's fault must not end the thread that serves all of them.
            _onFault(exception);
        }
    }

    internal void End(CameraQueue camera, in Window window, WindowOutcome outcome)
    {
        _metrics.WindowEnded(Package.Key, outcome.ToTag());
        if (!camera.Options.EveryWindow)
            Ladder.Ended(answered: false);
        camera.Sink.Drop(window, outcome);
    }
}
