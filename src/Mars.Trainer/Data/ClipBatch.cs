namespace Mars.Trainer.Data;

/// <summary>Clips that are ready for the network. Its memory is used again once the next batch has been asked for.</summary>
internal sealed class ClipBatch(int capacity, int clipBytes)
{
    /// <summary>uint8 [Count, frames, size, size, 3], RGB.</summary>
    public byte[] Clips { get; } = new byte[capacity * clipBytes];

    /// <summary>What each clip is.</summary>
    public IReadOnlyList<ClipRequest> Requests { get; set; } = [];

    /// <summary>The class of each clip.</summary>
    public long[] Classes { get; set; } = [];

    public int Count => Requests.Count;

    public Span<byte> Clip(int index) => Clips.AsSpan(index * clipBytes, clipBytes);
}
