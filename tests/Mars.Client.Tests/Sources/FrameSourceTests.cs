using Mars.Client.Sources;
using Mars.Client.Tests.Support;
using OpenCvSharp;

namespace Mars.Client.Tests.Sources;

public sealed class FrameSourceTests
{
    [Fact]
    public void VideoFile_25FramesASecond_TimesOfTheContainer()
    {
        using var folder = new Temporary();
        using var source = new VideoFileSource(TestVideos.Write(folder.Folder, 25, 2, [0, 1]));

        var times = Times(source);

        Assert.Equal(25, source.FrameRate, 3);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 40.0), times.Select(t => Math.Round(t.TotalMilliseconds)));
    }

    [Theory]
    [InlineData("something_putting_12fps.webm", 47)]
    [InlineData("ucf11_basketball_shooting.mpg", 108)]
    [InlineData("golf_swing_portrait.mp4", 264)]
    [InlineData("kinetics_flipping_pancake.mkv", 310)]
    public void VideoFile_RealClip_AllFramesInOrder(string clip, int frames)
    {
        using var source = new VideoFileSource(Path.Combine(Mars.TestSupport.SharedData.Video("clips"), clip));

        var times = Times(source);

        Assert.Equal(frames, times.Count);
        Assert.Equal(TimeSpan.Zero, times[0]);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second > pair.First));
        Assert.Equal((frames - 1) / source.FrameRate, times[^1].TotalSeconds, 0.1);
    }

    [Fact]
    public void Synthetic_BeyondItsFirstScene_GoesOnAtItsOwnPace()
    {
        using var source = FrameSources.Open("synthetic:7", new SourceOptions(), TimeProvider.System);
        using var frame = new SourceFrame();
        var times = new List<TimeSpan>();
        while (times.Count < 700 && source.TryRead(frame, TestContext.Current.CancellationToken))
            times.Add(frame.Time);

        Assert.Equal(("synthetic-7", false), (source.Name, source.IsLive));
        Assert.Equal(Enumerable.Range(0, 700).Select(i => TimeSpan.FromSeconds(i / 25.0)), times);
    }

    [Fact]
    public void Synthetic_OtherNumber_OtherPicture()
    {
        using var one = new SyntheticSource("synthetic:");
        using var other = new SyntheticSource("synthetic:1");
        using var first = new SourceFrame();
        using var second = new SourceFrame();

        Assert.True(one.TryRead(first, TestContext.Current.CancellationToken) && other.TryRead(second, TestContext.Current.CancellationToken));
        Assert.True(Cv2.Norm(first.Pixels, second.Pixels) > 1000);
        Assert.Throws<SourceException>(() => new SyntheticSource("synthetic:x"));
    }

    [Fact]
    public void ImageFolder_NumbersInNames_AreOrderedAsNumbers()
    {
        using var folder = new Temporary();
        foreach (var (name, value) in (ReadOnlySpan<(string, int)>)[("f10.png", 30), ("f2.png", 20), ("f1.png", 10), ("notes.txt", 0)])
            Save(folder, name, value);
        using var source = new ImageFolderSource(folder.Folder, 10);
        using var frame = new SourceFrame();
        var values = new List<(int, double)>();

        while (source.TryRead(frame, Limits.Wait))
            values.Add((frame.Pixels.At<Vec3b>(0, 0).Item0, frame.Time.TotalSeconds));

        Assert.Equal([(10, 0.0), (20, 0.1), (30, 0.2)], values);
        Assert.NotNull(frame.Encoded);
    }

    [Fact]
    public void ImageFolder_Empty_SourceException()
    {
        using var folder = new Temporary();

        Assert.Throws<SourceException>(() => new ImageFolderSource(folder.Folder, 25));
    }

    [Fact]
    public void Open_NothingThere_SourceException() => Assert.Throws<SourceException>(() => FrameSources.Open("/no/such/thing", new SourceOptions(), TimeProvider.System));

    [Fact]
    public void Open_NotAVideo_SourceException()
    {
        using var folder = new Temporary();
        var path = Path.Combine(folder.Folder, "x.mp4");
        File.WriteAllText(path, "no video");

        Assert.Throws<SourceException>(() => FrameSources.Open(path, new SourceOptions(), TimeProvider.System));
    }

    private static List<TimeSpan> Times(VideoFileSource source)
    {
        using var frame = new SourceFrame();
        var times = new List<TimeSpan>();
        while (source.TryRead(frame, Limits.Wait))
            times.Add(frame.Time);
        return times;
    }

    private static void Save(Temporary folder, string name, int value)
    {
        var path = Path.Combine(folder.Folder, name);
        if (value == 0)
        {
            File.WriteAllText(path, "");
            return;
        }
        using var image = new Mat(20, 30, MatType.CV_8UC3, Scalar.All(value));
        Assert.True(Cv2.ImWrite(path, image));
    }
}
