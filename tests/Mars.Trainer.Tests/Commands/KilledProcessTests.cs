using Mars.Trainer.Data;
using Mars.Trainer.Training;
using OpenCvSharp;

namespace Mars.Trainer.Tests.Commands;

[Trait("Category", "training")]
public sealed class KilledProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fit_KilledInAnEpoch_GoesOnToTheLossesOfARunThatWasNot()
    {
        Tiny.Frames(_folder.File("frames"), 6);
        string[] Fit(string run) => ["fit", "--data", _folder.File("frames"), "--run", _folder.File(run), "--depth", "14", "--width", "narrow", "--sample-size", "64", "--epochs", "6", "--batch-size", "4", "--lr", "0.01", "--threads", "1"];
        await TrainerProcess.RunAsync(Fit("whole"));
        using (var killed = TrainerProcess.Start(Fit("killed")))
            await killed.KillWhenAsync(() => Epochs("killed") == 2);
        var before = Epochs("killed");
        Assert.InRange(before, 2, 5);
        Assert.Contains("going on after epoch", await TrainerProcess.RunAsync(Fit("killed")), StringComparison.Ordinal);

        var (whole, parts) = (EpochLog.Read(_folder.File("whole")), EpochLog.Read(_folder.File("killed")));
        Assert.Equal([1, 2, 3, 4, 5, 6], parts["epoch"]);
        foreach (var column in new[] { "loss", "clip_accuracy", "validation_loss", "validation_video_accuracy", "learning_rate" })
            Assert.Equal(whole[column], parts[column]);
        Assert.NotEqual(whole["loss"][4], whole["loss"][5]);
    }

    [Fact]
    public async Task Prepare_KilledInAVideo_KeepsTheOthersAndRedoesThatOne()
    {
        for (var i = 0; i < 6; i++)
            Render($"videos/walk/{i}.avi");
        string[] prepare = ["prepare", _folder.File("videos"), "--output", _folder.File("frames"), "--short-side", "64", "--jobs", "1"];
        using (var killed = TrainerProcess.Start(prepare))
            await killed.KillWhenAsync(() => Done().Length >= 2);
        var done = Done();
        Assert.InRange(done.Length, 2, 5);
        Assert.InRange(Directory.GetDirectories(_folder.File("frames/walk")).Length - done.Length, 0, 1);
        var times = done.Select(First).Select(File.GetLastWriteTimeUtc).ToArray();

        await TrainerProcess.RunAsync(prepare);
        Assert.Equal(6, Done().Length);
        Assert.Equal(times, done.Select(First).Select(File.GetLastWriteTimeUtc));
        Assert.Equal(6, FrameSet.Load(_folder.File("frames")).Videos.Count);
    }

    private int Epochs(string run)
    {
        var log = _folder.File($"{run}/{EpochLog.FileName}");
        return File.Exists(log) ? File.ReadAllText(log).Count(c => c == '\n') - 1 : 0;
    }

    private string[] Done() => Directory.Exists(_folder.File("frames/walk"))
        ? [.. Directory.GetFiles(_folder.File("frames/walk"), FrameSet.DoneName, SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    private static string First(string done) => Path.Combine(Path.GetDirectoryName(done)!, FrameSet.FrameName(0));

    private void Render(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        using var writer = new VideoWriter(_folder.File(name), VideoCaptureAPIs.FFMPEG, FourCC.FromString("mp4v"), 25, new Size(96, 96));
        for (var i = 0; i < 6; i++)
        {
            using var picture = new Mat(96, 96, MatType.CV_8UC3, Scalar.All(90));
            Cv2.Circle(picture, new Point(20 + (4 * i), 48), 16, Scalar.White, -1);
            writer.Write(picture);
        }
    }
}
