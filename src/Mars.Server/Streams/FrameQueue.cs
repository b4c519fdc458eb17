using System.Runtime.CompilerServices;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>A frame and when it came.</summary>
/// <param name="Frame">As it was sent.</param>
/// <param name="Received">Time stamp.</param>
internal readonly record struct Arrival(Frame Frame, long Received);

/// <summary>
/// Frames of a live camera between the network and the decoder. They are read as they come, so that none grows old in the buffers of the connection, where nobody would
/// know its age; one that has waited here for too long is left out when there is a newer one. One writer, one reader, bounded in frames and bytes.
/// </summary>
/// <param name="deadline">What a frame may wait.</param>
/// <param name="decoders">On whose threads it is read.</param>
/// <param name="time">The clock.</param>
/// <param name="onLate">Told of each frame that is left out.</param>
internal sealed class FrameQueue(TimeSpan deadline, FrameDecoders decoders, TimeProvider time, Action<Frame> onLate) : IDisposable
{
    // A network that hung for a second or two gives its frames all at once; they are taken, if the machine has time.
    private const int MaxFrames = 64;
    private const int MaxBytes = 4 << 20;

    private readonly Queue<Arrival> _frames = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly Lock _lock = new();
    private int _bytes;
    private bool _completed;

    /// <summary>A frame has come.</summary>
    public void Add(Frame frame)
    {
        lock (_lock)
        {
            while (_frames.Count > 0 && (_frames.Count >= MaxFrames || _bytes + frame.Data.Length > MaxBytes))
                onLate(Remove().Frame);
            _frames.Enqueue(new Arrival(frame, time.GetTimestamp()));
            _bytes += frame.Data.Length;
            Signal();
        }
    }

    /// <summary>No more come.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            Signal();
        }
    }

    /// <summary>The frames in order, but for those that are too late, until it is complete and empty.</summary>
    public async IAsyncEnumerable<Arrival> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            await _signal.WaitAsync(cancellation).ConfigureAwait(false);
            bool completed;
            while (Any(out completed))
            {
                cancellation.ThrowIfCancellationRequested();
                await decoders.NextTurn();
                if (TryTake(out var arrival))
                    yield return arrival;
            }
            if (completed)
                yield break;
        }
    }

    public void Dispose() => _signal.Dispose();

    private bool Any(out bool completed)
    {
        lock (_lock)
        {
            completed = _completed;
            return _frames.Count > 0;
        }
    }

    private bool TryTake(out Arrival arrival)
    {
        lock (_lock)
        {
            while (_frames.Count > 1 && time.GetElapsedTime(_frames.Peek().Received) > deadline)
                onLate(Remove().Frame);
            arrival = _frames.Count > 0 ? Remove() : default;
            return arrival.Frame is not null;
        }
    }

    private Arrival Remove()
    {
        var arrival = _frames.Dequeue();
        _bytes -= arrival.Frame.Data.Length;
        return arrival;
    }

    private void Signal()
    {
        if (_signal.CurrentCount == 0)
            _signal.Release();
    }
}
