using Mars.Inference.Buffers;

namespace Mars.Inference.Sessions;

/// <summary>What goes into runs and what comes out, on the host, pinned: clips, logits and features of <paramref name="maxBatch"/>, one after another.</summary>
internal sealed class ClipBuffers(ClipShape shape, int maxBatch) : IDisposable
{
    /// <summary>Of one clip.</summary>
    public ClipShape Shape => shape;

    /// <summary>Clips that there is room for.</summary>
    public int MaxBatch => maxBatch;

    /// <summary>uint8 [maxBatch, length, size, size, channels].</summary>
    public PinnedBuffer<byte> Clips { get; } = new(maxBatch * shape.ClipBytes);

    /// <summary>[maxBatch, classes].</summary>
    public PinnedBuffer<float> Logits { get; } = new(maxBatch * shape.Classes);

    /// <summary>[maxBatch, features].</summary>
    public PinnedBuffer<float> Features { get; } = new(maxBatch * shape.Features);

    public void Dispose()
    {
        Clips.Dispose();
        Logits.Dispose();
        Features.Dispose();
    }

    /// <summary>The graph's input for <paramref name="count"/> clips.</summary>
    public long[] InputShape(int count) => [count, shape.Length, shape.Size, shape.Size, shape.Channels];
}
