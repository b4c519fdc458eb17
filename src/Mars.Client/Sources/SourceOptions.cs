using Mars.Client.Cameras;

namespace Mars.Client.Sources;

/// <summary>How a source is opened and read.</summary>
internal sealed record SourceOptions
{
    /// <summary>Frames per second of a folder of pictures, and requests per second to a camera that gives one picture a request.</summary>
    public double FrameRate { get; init; } = 25;

    /// <summary>How a camera is reached.</summary>
    public CaptureOptions Capture { get; init; } = new();

    /// <summary>A camera that is lost for so long is an error; null means that it is opened again and again.</summary>
    public TimeSpan? GiveUpAfter { get; init; } = TimeSpan.Zero;

    /// <summary>Called, on the source's thread, when a camera cannot be opened or is lost.</summary>
    public Action<CameraLost>? OnLost { get; init; }

    /// <summary>Called, on the source's thread, when a lost camera gives frames again.</summary>
    public Action? OnBack { get; init; }
}
