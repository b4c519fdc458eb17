using Mars.Inference.Diagnostics;
using Mars.Inference.Sessions;
using Mars.Inference.Windowing;

namespace Mars.Inference.Batching;

/// <summary>One session and the thread that runs it: takes a batch of the scheduler's cameras, runs it, tells their sinks.</summary>
internal sealed class BatchWorker(WindowScheduler scheduler, IClipSession session)
{
    private readonly List<(double Turns, CameraQueue Camera)> _turns = [];
    private readonly List<(Window Window, CameraQueue Camera)> _batch = [];
    private readonly LoadMeter _load = new(scheduler.Time);
    private Thread? _thread;

    /// <summary>What it runs.</summary>
    public IClipSession Session => session;

    /// <summary>0 to 1.</summary>
    public double Load => _load.Load;

    public void Start(int number)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = $"mars inference {scheduler.Name} {number}" };
        _thread.Start();
    }

    public void Join() => _thread?.Join();

    /// <summary>Takes what waits, at most a batch, and answers it.</summary>
    /// <returns>How many windows were run.</returns>
    public int Step()
    {
        Fill();
        if (_batch.Count > 0)
            Run();
        foreach (var (_, camera) in _batch)
            camera.Done();
        var windows = _batch.Count;
        // A model that is let go of must not hold on to the cameras of its last batch, who remember models of their own.
        _batch.Clear();
        _turns.Clear();
        return windows;
    }

    private void Work()
    {
        while (scheduler.WaitForBatch(session.MaxBatch, _load))
            Step();
    }

    // The camera with the fewest turns first, one window a turn: start-time fair queuing (Goyal, Vin and Cheng, 1996). With equal weights it is the longest unserved one.
    private void Fill()
    {
        scheduler.CopyTurns(_turns); // a copy, because another worker may be giving turns while these are sorted
        _turns.Sort(static (a, b) => a.Turns.CompareTo(b.Turns));
        var now = scheduler.Time.GetTimestamp();
        var turn = scheduler.Turn;
        bool any;
        do
        {
            any = false;
            foreach (var (turns, camera) in _turns)
            {
                if (_batch.Count == session.MaxBatch)
                    return;
                if (!camera.TryTake(this, session.Input(_batch.Count), now, turn, out var window))
                    continue;
                scheduler.Turn = Math.Max(turn, turns);
                session.Place(_batch.Count, camera.Ring, window.FirstTick);
                _batch.Add((window, camera));
                any = true;
            }
        }
        while (any);
    }

    private void Run()
    {
        var started = scheduler.Time.GetTimestamp();
        using var trace = BatchTrace.Start(_batch, scheduler.Package.Key);
        _load.Begin();
        try
        {
            using (Tracing.StartChild("run", trace))
                session.Run(_batch.Count);
        }
        catch (Exception exception)
        {
            // The thread must outlive a failed run: whoever waits is told, and the next batch may well succeed.
            scheduler.Fault(exception);
            foreach (var (window, camera) in _batch)
                scheduler.End(camera, window, WindowOutcome.Failed);
            return;
        }
        var inference = scheduler.Time.GetElapsedTime(started);
        _load.Ran(inference);
        scheduler.Ran(_batch.Count, inference);
        for (var i = 0; i < _batch.Count; i++)
        {
            var (window, camera) = _batch[i];
            scheduler.Answer(camera, window, session.Logits(i), new WindowTimes(scheduler.Time.GetElapsedTime(window.Completed, started), inference, _batch.Count));
        }
    }
}
