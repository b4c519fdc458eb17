using Mars.Inference.Batching;
using Mars.Inference.Models;
using Mars.Inference.Serving;
using Mars.Inference.Windowing;

namespace Mars.Server.KServe;

/// <summary>The clips of one request on their way through the scheduler, beside the windows of the cameras. However many they are, some are under way at once.</summary>
internal sealed class ClipBatch : IWindowSink, IDisposable
{
    private readonly int _length;
    private readonly int _frameBytes;
    private readonly int _classes;
    private readonly FrameRing _ring;
    private readonly CameraQueue _queue;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay = 1;
    private int _failed;

    public ClipBatch(ServedModel model, int clips, int windowsInFlight, TimeProvider time)
    {
        var shape = model.Scheduler.Shape;
        (_length, _frameBytes, _classes, _time) = (shape.Length, shape.FrameBytes, shape.Classes, time);
        Logits = new float[clips * _classes];
        var underWay = Math.Min(clips, windowsInFlight);
        // No slot is written again while a window waits that holds it: those under way, and the one that is being written.
        _ring = new FrameRing(clips == underWay ? (clips * _length) + 1 : (underWay + 2) * _length, _frameBytes);
        _queue = model.Scheduler.Add(_ring, this, new QueueOptions { EveryWindow = true, Capacity = underWay });
    }

    /// <summary>Of all clips, one after another.</summary>
    public float[] Logits { get; }

    /// <summary>The longest that a clip waited for its run.</summary>
    public TimeSpan Queue { get; private set; }

    /// <summary>The longest run.</summary>
    public TimeSpan Inference { get; private set; }

    /// <summary>Runs, each counted by the share of it that these clips were.</summary>
    public double Runs { get; private set; }

    /// <summary>Runs them all.</summary>
    /// <returns>False if a run failed.</returns>
    public async Task<bool> RunAsync(ReadOnlyMemory<byte> pixels, CancellationToken cancellation)
    {
        var clipBytes = _length * _frameBytes;
        for (var start = 0; start < pixels.Length; start += clipBytes)
        {
            var window = Write(pixels.Span.Slice(start, clipBytes));
            Interlocked.Increment(ref _underWay);
            await _queue.EnqueueAsync(window, cancellation).ConfigureAwait(false);
        }
        Leave();
        await _idle.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return Volatile.Read(ref _failed) == 0;
    }

    void IWindowSink.Answer(in Window window, ReadOnlySpan<float> logits, WindowTimes times, ModelPackage model)
    {
        logits.CopyTo(Logits.AsSpan((int)(window.FirstTick / _length) * _classes));
        Queue = TimeSpan.FromTicks(Math.Max(Queue.Ticks, times.Queue.Ticks));
        Inference = TimeSpan.FromTicks(Math.Max(Inference.Ticks, times.Inference.Ticks));
        Runs += 1.0 / times.BatchSize;
        _queue.Release();
        Leave();
    }

    void IWindowSink.Drop(in Window window, WindowOutcome outcome)
    {
        Interlocked.Increment(ref _failed);
        _queue.Release();
        Leave();
    }

    void IWindowSink.Retire()
    {
        // One call stays with one version, which is kept until it has answered.
    }

    public void Dispose() => _queue.Dispose();

    private Window Write(ReadOnlySpan<byte> clip)
    {
        var (first, now) = (_ring.Ticks, _time.GetTimestamp());
        for (var i = 0; i < _length; i++)
        {
            clip.Slice(i * _frameBytes, _frameBytes).CopyTo(_ring.Next);
            _ring.Commit(new RingFrame((ulong)_ring.Ticks, DateTimeOffset.UnixEpoch, Timed: false, now));
        }
        return new Window(first, _ring.Frame(first), _ring.Frame(first + _length - 1), now, default);
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            _idle.TrySetResult();
    }
}
