namespace Mars.Trainer.Data;

/// <summary>Clips that are ready for the network. Its memory is used again once the next batch has been asked for.</summary>
/// <param name="capacity">Clips it can hold.</param>
/// <param name="clipPixels">frames * size * size.</param>
/// <param name="modality">What it holds of them.</param>
internal sealed class ClipBatch(int capacity, int clipPixels, Modality modality)
{
    /// <summary>uint8 [Count, frames, size, size, 3], RGB; empty where the modality has none.</summary>
    public byte[] Rgb { get; } = new byte[modality.HasFlag(Modality.Rgb) ? capacity * clipPixels * 3 : 0];

    /// <summary>uint8 [Count, frames, size, size, 2], to the right and down; empty where the modality has none.</summary>
    public byte[] Flow { get; } = new byte[modality.HasFlag(Modality.Flow) ? capacity * clipPixels * 2 : 0];

    /// <summary>What each clip is.</summary>
    public IReadOnlyList<ClipRequest> Requests { get; set; } = [];

    /// <summary>The class of each clip.</summary>
    public long[] Classes { get; set; } = [];

    public int Count => Requests.Count;

    public Span<byte> RgbClip(int index) => Rgb.Length == 0 ? [] : Rgb.AsSpan(index * clipPixels * 3, clipPixels * 3);

    public Span<byte> FlowClip(int index) => Flow.Length == 0 ? [] : Flow.AsSpan(index * clipPixels * 2, clipPixels * 2);
}
