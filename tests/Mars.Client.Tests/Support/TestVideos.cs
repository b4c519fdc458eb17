using OpenCvSharp;

namespace Mars.Client.Tests.Support;

/// <summary>Videos that show one colour after another, a second or more each: what the tiny model tells apart.</summary>
internal static class TestVideos
{
    private static readonly Scalar[] Bgr = [new(20, 20, 200), new(20, 200, 20), new(200, 20, 20)];

    /// <summary>Writes a video and the truth beside it.</summary>
    public static string Write(string folder, double rate, double secondsEach, int[] colours, int width = 160, int height = 120)
    {
        var path = Path.Combine(folder, "colours.avi");
        using var writer = new VideoWriter(path, FourCC.MJPG, rate, new Size(width, height));
        Assert.True(writer.IsOpened());
        var frames = (int)Math.Round(rate * secondsEach);
        foreach (var colour in colours)
        {
            using var frame = new Mat(height, width, MatType.CV_8UC3, Bgr[colour]);
            for (var i = 0; i < frames; i++)
                writer.Write(frame);
        }
        var segments = colours.Select((c, i) => $$"""{"label":"{{TinyModel.Labels[c]}}","start":{{i * frames / rate}},"end":{{(i + 1) * frames / rate}}}""");
        File.WriteAllText(path + ".json", $$"""{"segments":[{{string.Join(',', segments)}}]}""");
        return path;
    }
}
