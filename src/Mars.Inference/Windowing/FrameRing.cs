using Mars.Inference.Buffers;

namespace Mars.Inference.Windowing;

/// <summary>
/// A camera's last frames, one slot a tick of the model's clock. One writer; another thread copies windows out. The writer needs no lock for the slot it fills:
/// the ring is long enough that no window still waiting reaches it (clip length + stride * windows that may wait), and one that it has reached all the same,
/// after a gap, is not given out. The memory is taken when the first frame comes: a silent camera costs next to nothing.
/// </summary>
public sealed class FrameRing
{
    private readonly RingFrame[] _frames;
    private readonly int _frameBytes;
    private PinnedBuffer<byte>? _pixels;
    private long _ticks;

    /// <param name="capacity">Frames.</param>
    /// <param name="frameBytes">Bytes of one preprocessed frame.</param>
    public FrameRing(int capacity, int frameBytes)
    {
        _frames = new RingFrame[capacity];
        _frameBytes = frameBytes;
    }

    /// <summary>Frames written since the ring was made.</summary>
    public long Ticks => Volatile.Read(ref _ticks);

    /// <summary>Where the next frame is to be written.</summary>
    public Span<byte> Next => Slot(Ticks);

    /// <summary>Makes what was written into <see cref="Next"/> the newest frame.</summary>
    public void Commit(RingFrame frame)
    {
        _frames[_ticks % _frames.Length] = frame;
        Volatile.Write(ref _ticks, _ticks + 1);
    }

    /// <summary>The frame at <paramref name="tick"/> once more.</summary>
    public void Repeat(long tick)
    {
        Slot(tick).CopyTo(Next);
        Commit(Frame(tick));
    }

    /// <summary>What is known of the frame at <paramref name="tick"/>.</summary>
    public RingFrame Frame(long tick) => _frames[tick % _frames.Length];

    /// <summary>Copies the frames from <paramref name="firstTick"/> on, oldest first, until <paramref name="clip"/> is full.</summary>
    /// <returns>False if the writer has come round to them meanwhile, and what was copied is of no use.</returns>
    public bool TryCopyTo(long firstTick, Span<byte> clip)
    {
        var start = (int)(firstTick % _frames.Length) * _frameBytes;
        var pixels = Pixels;
        var head = Math.Min(clip.Length, pixels.Length - start);
        pixels.Slice(start, head).CopyTo(clip);
        pixels[..(clip.Length - head)].CopyTo(clip[head..]);
        // The slot of tick Ticks is being written; that of firstTick is the same one a ring's length later.
        return Ticks - firstTick < _frames.Length;
    }

    /// <summary>Copies the newest frames, oldest first. Any thread.</summary>
    /// <returns>How many frames were written when the copy was made; 0 if there are not enough, or the writer came round to them meanwhile.</returns>
    public long CopyNewest(Span<byte> frames)
    {
        var (ticks, count) = (Ticks, frames.Length / _frameBytes);
        return count > 0 && count < _frames.Length && frames.Length == count * _frameBytes && ticks >= count && TryCopyTo(ticks - count, frames) ? ticks : 0;
    }

    private Span<byte> Pixels => (_pixels ??= new PinnedBuffer<byte>(_frames.Length * _frameBytes)).Span;

    private Span<byte> Slot(long tick) => Pixels.Slice((int)(tick % _frames.Length) * _frameBytes, _frameBytes);
}
