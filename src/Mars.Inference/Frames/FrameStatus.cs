namespace Mars.Inference.Frames;

/// <summary>What became of a frame's bytes.</summary>
public enum FrameStatus
{
    /// <summary>Decoded.</summary>
    Ok,

    /// <summary>No bytes.</summary>
    Empty,

    /// <summary>Neither JPEG nor PNG.</summary>
    UnknownFormat,

    /// <summary>A JPEG or PNG that ends before its picture does.</summary>
    Truncated,

    /// <summary>Fewer or more pixels than <see cref="FrameLimits"/> allows.</summary>
    BadSize,

    /// <summary>Raw bytes that are not width * height * 3.</summary>
    WrongLength,

    /// <summary>The decoder gave up.</summary>
    Corrupt,
}
