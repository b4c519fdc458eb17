namespace Mars.Inference.Sessions;

/// <summary>What a network takes and gives: clips of uint8 [length, size, size, channels] in, <paramref name="Classes"/> logits and <paramref name="Features"/> features out.</summary>
/// <param name="Length">Frames of a clip.</param>
/// <param name="Size">Side of a frame, in pixels.</param>
/// <param name="Classes">Logits.</param>
/// <param name="Features">Values of the pooled feature before the last layer.</param>
/// <param name="Channels">3, RGB; 2 of a flow stream, right and down.</param>
public sealed record ClipShape(int Length, int Size, int Classes, int Features, int Channels = 3)
{
    /// <summary>Bytes of one frame.</summary>
    public int FrameBytes => Size * Size * Channels;

    /// <summary>Bytes of one clip.</summary>
    public int ClipBytes => Length * FrameBytes;
}
