using System.ComponentModel.DataAnnotations;

namespace Mars.Server.Configuration;

/// <summary>What one caller may use of the server; 0 means as much as there is.</summary>
public sealed class LimitOptions
{
    /// <summary>Streams open at once.</summary>
    [Range(0, 100_000)]
    public int Streams { get; set; }

    /// <summary>Frames a second, of all its streams and calls together.</summary>
    [Range(0, 1e9)]
    public double FramesPerSecond { get; set; }

    /// <summary>Bytes of frames and videos a second.</summary>
    [Range(0, 1e15)]
    public double BytesPerSecond { get; set; }
}
