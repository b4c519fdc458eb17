using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>A frame as its source gives it. Reused from frame to frame.</summary>
internal sealed class SourceFrame : IDisposable
{
    /// <summary>8-bit BGR.</summary>
    public Mat Pixels { get; } = new();

    /// <summary>Since the first frame, by the source's own clock. Live sources leave it alone: theirs is the clock on the wall.</summary>
    public TimeSpan Time { get; set; }

    /// <summary>The same frame as a JPEG or PNG file, where the source has it so.</summary>
    public byte[]? Encoded { get; set; }

    public void Dispose() => Pixels.Dispose();
}
