using OpenCvSharp;

namespace Mars.Trainer.Tests.Commands;

public sealed class PrepareCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Prepare_WithBrokenVideos_TellsHowLongItTakesAndListsThemAtTheEnd()
    {
        Directory.CreateDirectory(_folder.File("videos/walk"));
        for (var i = 0; i < 4; i++)
        {
            using var writer = new VideoWriter(_folder.File($"videos/walk/{i}.avi"), VideoCaptureAPIs.FFMPEG, FourCC.FromString("mp4v"), 25, new Size(64, 48));
            using var picture = new Mat(48, 64, MatType.CV_8UC3, Scalar.All(90));
            for (var frame = 0; frame < 5; frame++)
                writer.Write(picture);
        }
        File.WriteAllText(_folder.File("videos/walk/1.avi"), "this is no video");
        File.WriteAllBytes(_folder.File("videos/walk/3.avi"), File.ReadAllBytes(_folder.File("videos/walk/0.avi"))[..200]);

        var said = await TrainerProcess.RunAsync("prepare", _folder.File("videos"), "--output", _folder.File("frames"), "--short-side", "32", "--only-rgb", "--jobs", "1");
        Assert.Matches("videos 2/4, about 00:0[0-9]:[0-9]{2} left\n", said);
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("2 videos of 1 classes, 10 frames", lines[^3], StringComparison.Ordinal);
        Assert.Matches("^skipped .*1.avi: .+", lines[^2]);
        Assert.Matches("^skipped .*3.avi: .+", lines[^1]);
        Assert.Contains("give it as I/N", await TrainerProcess.FailAsync("prepare", _folder.File("videos"), "--output", _folder.File("frames"), "--shard", "4/3"), StringComparison.Ordinal);
    }
}
