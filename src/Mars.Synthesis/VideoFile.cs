using Mars.Synthesis.Truth;
using OpenCvSharp;

namespace Mars.Synthesis;

/// <summary>Writes synthesised videos as files, with their truth beside them.</summary>
public static class VideoFile
{
    /// <summary>Encodes a video with the FFmpeg inside OpenCV: MPEG-4 in .mp4 or .avi, or MJPEG in .avi, as its seed decides; all three leave their artefacts.</summary>
    /// <param name="video">What to render.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="name">File name without its ending.</param>
    /// <returns>The truth with the file's name, written as name.json.</returns>
    /// <exception cref="IOException">OpenCV cannot write there.</exception>
    public static VideoTruth Write(SyntheticVideo video, string folder, string name)
    {
        var (codec, ending) = (video.Truth.Seed % 3) switch
        {
            0 => ("mp4v", ".mp4"),
            1 => ("XVID", ".avi"),
            _ => ("MJPG", ".avi"),
        };
        var path = Path.Combine(folder, name + ending);
        using var writer = new VideoWriter(path, VideoWriter.FourCC(codec), video.Truth.FrameRate, new Size(video.Truth.Width, video.Truth.Height));
        if (!writer.IsOpened())
            throw new IOException($"cannot write a video to {path}");
        foreach (var frame in video.Render())
            writer.Write(frame);
        var truth = video.Truth with { Video = name + ending };
        truth.Save(Path.Combine(folder, name + ".json"));
        return truth;
    }
}
