using Mars.Inference.Buffers;

namespace Mars.Inference.Windowing;

/// <summary>
/// A camera's last frames, one slot a tick of the model's clock. One writer; a reader copies windows out under the camera's lock.
/// The writer needs no lock for the slot it fills: the ring is long enough that no window still waiting reaches it
/// (clip length + stride * windows that may wait).
/// </summary>
public sealed class FrameRing
{
    private readonly PinnedBuffer<byte> _pixels;
    private readonly RingFrame[] _frames;
    private readonly int _frameBytes;

    /// <param name="capacity">Frames.</param>
    /// <param name="frameBytes">Bytes of one preprocessed frame.</param>
    public FrameRing(int capacity, int frameBytes)
    {
        _pixels = new PinnedBuffer<byte>(capacity * frameBytes);
        _frames = new RingFrame[capacity];
        _frameBytes = frameBytes;
    }

    /// <summary>Frames written since the ring was made.</summary>
    public long Ticks { get; private set; }

    /// <summary>Where the next frame is to be written.</summary>
    public Span<byte> Next => Slot(Ticks);

    /// <summary>Makes what was written into <see cref="Next"/> the newest frame.</summary>
    public void Commit(RingFrame frame) => _frames[Ticks++ % _frames.Length] = frame;

    /// <summary>The frame at <paramref name="tick"/> once more.</summary>
    public void Repeat(long tick)
    {
        Slot(tick).CopyTo(Next);
        Commit(Frame(tick));
    }

    /// <summary>What is known of the frame at <paramref name="tick"/>.</summary>
    public RingFrame Frame(long tick) => _frames[tick % _frames.Length];

    /// <summary>Copies the frames from <paramref name="firstTick"/> on, oldest first, until <paramref name="clip"/> is full.</summary>
    public void CopyTo(long firstTick, Span<byte> clip)
    {
        var start = (int)(firstTick % _frames.Length) * _frameBytes;
        var head = Math.Min(clip.Length, _pixels.Length - start);
        _pixels.Span.Slice(start, head).CopyTo(clip);
        _pixels.Span[..(clip.Length - head)].CopyTo(clip[head..]);
    }

    private Span<byte> Slot(long tick) => _pixels.Span.Slice((int)(tick % _frames.Length) * _frameBytes, _frameBytes);
}
