using Mars.Client.Cameras;
using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>Tells from its name what a source is.</summary>
internal static class FrameSources
{
    private static readonly string[] Cameras = ["rtsp://", "rtsps://", "rtmp://", "http://", "https://", "udp://", "tcp://", "/dev/"];

    /// <summary>Opens a video file, a folder of pictures, a camera, or a rendered one.</summary>
    /// <param name="source">Path or address.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="time">The clock of a camera.</param>
    /// <exception cref="SourceException">It is none of these, or cannot be read.</exception>
    public static IFrameSource Open(string source, SourceOptions options, TimeProvider time)
    {
        // OpenCV's warnings say what the exceptions here say better.
        Cv2.SetLogLevel(LogLevel.ERROR);
        if (Cameras.Any(prefix => source.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            return new CameraSource(source, options, time);
        if (source.StartsWith(SyntheticSource.Prefix, StringComparison.Ordinal))
            return new SyntheticSource(source);
        if (Directory.Exists(source))
            return new ImageFolderSource(source, options.FrameRate);
        if (File.Exists(source))
            return new VideoFileSource(source);
        throw new SourceException($"{CameraAddress.Masked(source)} is neither a file, nor a folder, nor a camera's address");
    }
}
