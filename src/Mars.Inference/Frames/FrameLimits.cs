namespace Mars.Inference.Frames;

/// <summary>What a frame may be. Checked on the header, before a decoder allocates anything.</summary>
public sealed record FrameLimits
{
    /// <summary>Shortest side, in pixels. Below it no person can be seen.</summary>
    public int MinSide { get; init; } = 16;

    /// <summary>Longest side, in pixels.</summary>
    public int MaxSide { get; init; } = 8192;

    /// <summary>Pixels: 8K video by default.</summary>
    public int MaxPixels { get; init; } = 7680 * 4320;

    internal bool Allows(long width, long height) =>
        Math.Min(width, height) >= MinSide && Math.Max(width, height) <= MaxSide && width * height <= MaxPixels;
}
