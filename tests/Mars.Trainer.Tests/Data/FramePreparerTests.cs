using Mars.Trainer.Data;
using OpenCvSharp;

namespace Mars.Trainer.Tests.Data;

public sealed class FramePreparerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(30, 60, 50)]
    [InlineData(25, 40, 40)]
    [InlineData(12.5, 20, 40)]
    public void Run_AVideoOfAnyRate_Gives25FramesASecond(double rate, int frames, int expected)
    {
        Render("videos/walk/one.avi", rate, frames);
        var (set, broken) = Prepare();
        Assert.Empty(broken);
        var video = Assert.Single(set.Videos);
        Assert.Equal("walk/one", video.Video);
        Assert.InRange(video.Frames, expected - 1, expected + 1);
        Assert.Equal(video.Frames, Directory.GetFiles(_folder.File("frames/walk/one"), "0*.jpg").Length);
        using var first = Cv2.ImRead(set.PathOf(video, FrameSet.FrameName(0)));
        Assert.Equal((64, 48), (first.Width, first.Height));
    }

    [Fact]
    public void Run_ABrokenVideo_IsSkippedAndListed()
    {
        Render("videos/walk/good.avi", 25, 20);
        File.WriteAllText(_folder.File("videos/walk/bad.avi"), "this is no video");
        var (set, broken) = Prepare();
        Assert.Equal("walk/good", Assert.Single(set.Videos).Video);
        Assert.EndsWith("bad.avi", Assert.Single(broken).Video, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("frames/walk/bad")));
    }

    [Fact]
    public void Run_AgainAfterAnInterruption_KeepsWhatIsFinishedAndRedoesTheRest()
    {
        Render("videos/walk/a.avi", 25, 20);
        Render("videos/walk/b.avi", 25, 20);
        Prepare();
        File.WriteAllText(_folder.File("frames/walk/a/00001.jpg"), "kept");
        File.Delete(_folder.File("frames/walk/b/done"));
        File.WriteAllText(_folder.File("frames/walk/b/09999.jpg"), "from an interrupted run");
        var (set, _) = Prepare();
        Assert.Equal(2, set.Videos.Count);
        Assert.Equal("kept", File.ReadAllText(_folder.File("frames/walk/a/00001.jpg")));
        Assert.False(File.Exists(_folder.File("frames/walk/b/09999.jpg")));
    }

    [Fact]
    public void Run_ACsvWithFolds_CarriesGroupsFoldsAndTheOrderOfLabels()
    {
        Render("videos/x/walk1.avi", 25, 20);
        Render("videos/x/run1.avi", 25, 20);
        File.WriteAllText(_folder.File("videos/list.csv"), "video,label,group,fold\nx/walk1.avi,walk,g1,2\nvideos/x/run1.avi,run,g2,0\n");
        File.WriteAllText(_folder.File("videos/labels.txt"), "walk\nrun\nsit\n");
        var (set, broken) = Prepare("videos/list.csv");
        Assert.Empty(broken);
        Assert.Equal(["walk", "run", "sit"], set.Labels);
        Assert.Equal([("walk/walk1", "g1", 2), ("run/run1", "g2", 0)], set.Videos.Select(v => (v.Video, v.Group, v.Fold ?? -1)));
    }

    private (FrameSet Set, IReadOnlyList<(string Video, string Reason)> Broken) Prepare(string source = "videos") =>
        new FramePreparer(_folder.File("frames"), new PrepareOptions { ShortSide = 48, Flow = false, Jobs = 2 }).Run(_folder.File(source), (_, _) => { }, TestContext.Current.CancellationToken);

    private void Render(string name, double rate, int frames)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        using var writer = new VideoWriter(_folder.File(name), VideoCaptureAPIs.FFMPEG, FourCC.FromString("mp4v"), rate, new Size(128, 96));
        for (var i = 0; i < frames; i++)
        {
            using var picture = new Mat(96, 128, MatType.CV_8UC3, Scalar.All(4 * i));
            writer.Write(picture);
        }
    }
}
