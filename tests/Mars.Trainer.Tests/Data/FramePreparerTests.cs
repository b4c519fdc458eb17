using Mars.Trainer.Data;
using Mars.Trainer.Data.Layouts;
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
        File.WriteAllBytes(_folder.File("videos/walk/bad.avi"), [0, 1, 2, 3, 4, 5, 6, 7]);
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

    [Fact]
    public void Run_WithFlow_StoresItBesideTheFramesInTheAuthorsNamesAndCoding()
    {
        Render("videos/walk/one.avi", 25, 4, moving: 2);
        var set = Flow(new PrepareOptions { ShortSide = 96, Jobs = 1 });
        var frames = Assert.Single(set.Videos).Frames;
        Assert.Equal(frames - 1, Directory.GetFiles(_folder.File("frames/walk/one"), "TVL1jpg_x_*.jpg").Length);
        Assert.Equal(frames - 1, Directory.GetFiles(_folder.File("frames/walk/one"), "TVL1jpg_y_*.jpg").Length);
        using var right = Cv2.ImRead(_folder.File("frames/walk/one/TVL1jpg_x_00002.jpg"), ImreadModes.Grayscale);
        using var down = Cv2.ImRead(_folder.File("frames/walk/one/TVL1jpg_y_00002.jpg"), ImreadModes.Grayscale);
        Assert.Equal((2 + 20) / 40.0 * 255, right[new Rect(40, 24, 48, 48)].Mean().Val0, 3.0); // two pixels a frame
        Assert.Equal(127, down[new Rect(40, 24, 48, 48)].Mean().Val0, 3.0);
    }

    [Fact]
    public void Run_WithFlowAfterFrames_AddsItAndKeepsTheFrames()
    {
        Render("videos/walk/one.avi", 25, 3, moving: 1);
        Flow(new PrepareOptions { ShortSide = 48, Flow = false });
        var before = File.GetLastWriteTimeUtc(_folder.File("frames/walk/one/00001.jpg"));
        Flow(new PrepareOptions { ShortSide = 48 });
        Assert.True(File.Exists(_folder.File("frames/walk/one/TVL1jpg_y_00001.jpg")));
        Assert.Equal(before, File.GetLastWriteTimeUtc(_folder.File("frames/walk/one/00001.jpg")));
    }

    // Flow is computed in portions of 64 pairs. A pipe in place of a file of the second one holds the work up until it has been stopped.
    [Fact]
    public async Task Run_StoppedWhileItAddsFlow_KeepsTheFrames()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no pipes in folders");
        Render("videos/walk/one.avi", 25, 140, moving: 1);
        var frames = Assert.Single(Flow(new PrepareOptions { ShortSide = 16, Flow = false }).Videos).Frames;
        var pipe = _folder.File($"frames/walk/one/{FrameSet.FlowName('x', 64)}");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var preparer = new FramePreparer(_folder.File("frames"), new PrepareOptions { ShortSide = 16, Jobs = 1 });
        using var stop = new CancellationTokenSource();
        var run = Task.Run(() => preparer.Run(_folder.File("videos"), (_, _) => { }, stop.Token), TestContext.Current.CancellationToken);
        var opened = Task.Run(() => File.OpenRead(pipe), TestContext.Current.CancellationToken); // as soon as it is written to
        await using (var reader = await opened.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken))
        {
            await stop.CancelAsync();
            await reader.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(_folder.File("frames/walk/one"), "TVL1jpg_*"));
        Assert.Equal(frames, Assert.Single(FrameSet.Load(_folder.File("frames")).Videos).Frames);
        Assert.Equal(frames, FrameSet.CountFrames(_folder.File("frames/walk/one")));
    }

    [Fact]
    public void Run_InThreeShards_FillsOneFolderTogether()
    {
        for (var i = 0; i < 5; i++)
            Render($"videos/walk/{i}.avi", 25, 3);
        var counts = Enumerable.Range(1, 3).Select(i => Flow(new PrepareOptions { ShortSide = 48, Flow = false, Shard = (i, 3) }).Videos.Count);
        Assert.Equal([2, 4, 5], counts);
    }

    // Machines that share a folder finish at about the same time, and each writes the list of all videos.
    [Fact]
    public async Task Run_InManyShardsAtOnce_LeavesOneListOfAllVideos()
    {
        for (var i = 0; i < 12; i++)
            Render($"videos/walk/{i:D2}.avi", 25, 2);
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(1, 6).Select(i => Task.Run(() => Flow(new PrepareOptions { ShortSide = 16, Flow = false, Jobs = 1, Shard = (i, 6) }), TestContext.Current.CancellationToken)));
            Assert.Equal(12, FrameSet.Load(_folder.File("frames")).Videos.Count);
            Assert.Equal(["labels.txt", "videos.csv"], Directory.GetFiles(_folder.File("frames")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
            Directory.Delete(_folder.File("frames"), recursive: true);
        }
    }

    [Fact]
    public void Run_BrokenVideosAlone_AreAllListed()
    {
        Directory.CreateDirectory(_folder.File("videos/walk"));
        File.WriteAllBytes(_folder.File("videos/walk/bad.avi"), [0, 1, 2, 3, 4, 5, 6, 7]);
        var (set, broken) = Prepare();
        Assert.Empty(set.Videos);
        Assert.EndsWith("bad.avi", Assert.Single(broken).Video, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OnAFolderOfPictures_TakesThemFrameByFrame()
    {
        var pictures = Directory.CreateDirectory(_folder.File("pictures/7")).FullName;
        for (var i = 1; i <= 5; i++)
        {
            using var picture = new Mat(60, 80, MatType.CV_8UC3, Scalar.All(40 * i));
            picture.SaveImage(Path.Combine(pictures, $"{i:D5}.jpg"));
        }
        File.WriteAllText(_folder.File("pictures/list.csv"), "video,label\n7,Holding something\n");
        var (set, broken) = Prepare("pictures/list.csv");
        Assert.Empty(broken);
        Assert.Equal(5, Assert.Single(set.Videos).Frames);

        // Without a list, as Something-Something gives them: its own tables name the classes, which hold commas.
        File.Delete(_folder.File("pictures/list.csv"));
        Prepare("pictures");
        Directory.CreateDirectory(_folder.File("labels"));
        File.WriteAllText(_folder.File("labels/something-something-v1-labels.csv"), "Putting a, b and c on the table\n");
        foreach (var part in new[] { "train", "validation" })
            File.WriteAllText(_folder.File($"labels/something-something-v1-{part}.csv"), "7;Putting a, b and c on the table\n");
        var (training, _) = DataSetLayout.Load("Something", _folder.File("frames"), _folder.File("labels"), 1);
        Assert.Equal(("7", 5), Assert.Single(training.Videos.Select(v => (v.Video, v.Frames))));
    }

    // What it is called does not matter, nor what the class is.
    [Fact]
    public void Run_NamesAndLabelsOfAnyKind_ArePreparedAndReadBack()
    {
        const string Class = "Putting something, something \"on\" the table: 行走";
        Render($"videos/{Class}/2026-01-31T12:30:00, Tür 1.avi", 25, 20);
        File.Copy(_folder.File($"videos/{Class}/2026-01-31T12:30:00, Tür 1.avi"), _folder.File($"videos/{Class}/b.3gp"));
        Render("videos/walk/c.avi", 25, 20);
        var (set, broken) = Prepare();
        Assert.Empty(broken);
        Assert.Equal([$"{Class}/2026-01-31T12:30:00, Tür 1", $"{Class}/b", "walk/c"], set.Videos.Select(v => v.Video));
        var read = FrameSet.Load(_folder.File("frames"));
        Assert.Equal([Class, "walk"], read.Labels);
        Assert.Equal(set.Videos, read.Videos);
        Assert.All(read.Videos, v => Assert.True(File.Exists(read.PathOf(v, FrameSet.FrameName(19)))));
    }

    [Fact]
    public void Run_AClassWithoutAVideoThatCanBeDecoded_IsNone()
    {
        Render("videos/walk/one.avi", 25, 20);
        Directory.CreateDirectory(_folder.File("videos/papers"));
        File.WriteAllBytes(_folder.File("videos/papers/a.pdf"), [.. "%PDF-1.7\n"u8, 0, 1, 2, 200, 201]);
        var (set, broken) = Prepare();
        Assert.EndsWith("a.pdf", Assert.Single(broken).Video, StringComparison.Ordinal);
        Assert.Equal(["walk"], set.Labels);
        Assert.Equal(["walk"], FrameSet.Load(_folder.File("frames")).Labels);
    }

    // A recording that goes on ten hours later: not ten hours of its last picture.
    [Fact]
    public void Run_AVideoWithAJumpOfItsClock_LeavesTheGapOutAndSaysSo()
    {
        Assert.SkipUnless(Ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=2", "-vf", "setpts=PTS+gte(N\\,25)*36000/TB", "-fps_mode", "passthrough", "-c:v", "mjpeg", "jump.mkv"), "ffmpeg is not on this machine");
        Assert.True(Ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=1:duration=4", "-c:v", "mjpeg", "slow.mkv"));
        var set = Run();
        Assert.Equal([("walk/jump", 50), ("walk/slow", 100)], set.Set.Videos.Select(v => (v.Video, v.Frames)));
        var (video, note) = Assert.Single(set.Notes);
        Assert.EndsWith("jump.mkv", video, StringComparison.Ordinal);
        Assert.StartsWith("a gap of 36000.", note, StringComparison.Ordinal);

        bool Ffmpeg(params string[] arguments)
        {
            Directory.CreateDirectory(_folder.File("videos/walk"));
            try
            {
                using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("ffmpeg", ["-loglevel", "error", "-y", .. arguments]) { WorkingDirectory = _folder.File("videos/walk"), RedirectStandardInput = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }

    private PreparedSet Run(string source = "videos") =>
        new FramePreparer(_folder.File("frames"), new PrepareOptions { ShortSide = 48, Flow = false, Jobs = 2 }).Run(_folder.File(source), (_, _) => { }, TestContext.Current.CancellationToken);

    private FrameSet Flow(PrepareOptions options) => new FramePreparer(_folder.File("frames"), options).Run(_folder.File("videos"), (_, _) => { }, TestContext.Current.CancellationToken).Set;

    private (FrameSet Set, IReadOnlyList<(string Video, string Reason)> Broken) Prepare(string source = "videos")
    {
        var prepared = Run(source);
        return (prepared.Set, prepared.Broken);
    }

    private void Render(string name, double rate, int frames, int moving = 0)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        using var writer = new VideoWriter(_folder.File(name), VideoCaptureAPIs.FFMPEG, FourCC.FromString("mp4v"), rate, new Size(128, 96));
        for (var i = 0; i < frames; i++)
        {
            using var picture = new Mat(96, 128, MatType.CV_8UC3, Scalar.All(4 * i));
            if (moving > 0)
            {
                using var texture = new Mat(96, 128, MatType.CV_8UC3);
                for (var y = 0; y < 96; y++)
                {
                    for (var x = 0; x < 128; x++)
                        texture.Set(y, x, new Vec3b(90, (byte)(128 + (60 * Math.Sin(y * 0.25))), (byte)(128 + (80 * Math.Sin((x - (moving * i)) * 0.2)))));
                }
                texture.CopyTo(picture);
            }
            writer.Write(picture);
        }
    }
}
