using Mars.Client.Sources;
using Mars.Synthesis;

namespace Mars.Client.Demo;

/// <summary>Videos to show.</summary>
internal static class DemoVideos
{
    /// <summary>A file, with the truth where it lies beside it.</summary>
    public static DemoVideo Open(string path)
    {
        if (!File.Exists(path))
            throw new SourceException($"{path} does not exist");
        using var source = new VideoFileSource(path);
        return new DemoVideo(path, source.FrameRate, TruthFile.Beside(path));
    }

    /// <summary>Renders a video of several actions.</summary>
    public static DemoVideo Render(string folder, int seed, double seconds)
    {
        var truth = VideoFile.Write(SyntheticVideo.Sequence(null, seed, seconds), folder, "demo");
        return new DemoVideo(Path.Combine(folder, truth.Video), truth.FrameRate, TruthFile.Segments(truth));
    }
}
