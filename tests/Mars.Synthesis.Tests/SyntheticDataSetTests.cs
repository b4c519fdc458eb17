using Mars.Synthesis.Truth;
using OpenCvSharp;

namespace Mars.Synthesis.Tests;

public sealed class SyntheticDataSetTests
{
    [Fact]
    public void Write_SameSeed_SameBytesOfTruth()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        using var other = new TemporaryFolder();
        foreach (var (folder, seed) in (ReadOnlySpan<(TemporaryFolder, int)>)[(first, 9), (second, 9), (other, 10)])
            SyntheticDataSet.Write(folder.Path, ["fall_down", "kick", "wipe_board"], 1, seed, 1, null, TestContext.Current.CancellationToken);

        Assert.Equal(3 + 1, Truths(first).Count);
        Assert.Equal(Truths(first), Truths(second));
        Assert.NotEqual(Truths(first), Truths(other));
        Assert.Equal(File.ReadAllText(Path.Combine(first.Path, "videos.csv")), File.ReadAllText(Path.Combine(second.Path, "videos.csv")));
    }

    [Fact]
    public void Write_EachVideo_ReadsBackAsItsTruthSays()
    {
        using var folder = new TemporaryFolder();

        SyntheticDataSet.Write(folder.Path, ActionCatalog.Labels, 1, 5, 0, null, TestContext.Current.CancellationToken);

        var lines = File.ReadAllLines(Path.Combine(folder.Path, "videos.csv"));
        Assert.Equal(ActionCatalog.Labels, lines.Skip(1).Select(line => line.Split(',')[1]));
        Assert.Equal(ActionCatalog.Labels, File.ReadAllLines(Path.Combine(folder.Path, "labels.txt")));
        foreach (var line in lines.Skip(1))
        {
            var truth = VideoTruth.Load(Path.ChangeExtension(Path.Combine(folder.Path, line.Split(',')[0]), ".json"));
            using var capture = new VideoCapture(Path.Combine(folder.Path, truth.Label, truth.Video));
            Assert.Equal((truth.Width, truth.Height), (capture.FrameWidth, capture.FrameHeight));
            Assert.Equal(truth.FrameRate, capture.Fps, 2);
            using var frame = new Mat();
            var frames = 0;
            while (capture.Read(frame))
                frames++;
            Assert.Equal(truth.Frames, frames);
        }
    }

    [Fact]
    public void Write_SomeActions_WritesThoseAlone()
    {
        using var folder = new TemporaryFolder();

        SyntheticDataSet.Write(folder.Path, ["kick", "walk"], 1, 5, 0, null, TestContext.Current.CancellationToken);

        Assert.Equal(["kick", "walk"], File.ReadAllLines(Path.Combine(folder.Path, "labels.txt")));
        Assert.Equal(["kick", "walk"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_SeveralSeeds_UsesEachCodec()
    {
        using var folder = new TemporaryFolder();

        SyntheticDataSet.Write(folder.Path, ["idle"], 3, 5, 0, null, TestContext.Current.CancellationToken);

        var codecs = Directory.GetFiles(Path.Combine(folder.Path, "idle")).Where(f => !f.EndsWith(".json", StringComparison.Ordinal)).Select(file =>
        {
            using var capture = new VideoCapture(file);
            return capture.FourCC + Path.GetExtension(file);
        });
        Assert.Equal(["FMP4.avi", "FMP4.mp4", "MJPG.avi"], codecs.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_Cancelled_Stops()
    {
        using var folder = new TemporaryFolder();

        Assert.ThrowsAny<OperationCanceledException>(() => SyntheticDataSet.Write(folder.Path, ActionCatalog.Labels, 1, 9, 0, null, new CancellationToken(true)));
    }

    private static List<string> Truths(TemporaryFolder folder) =>
        [.. Directory.GetFiles(folder.Path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
}
