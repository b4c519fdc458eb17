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
        File.WriteAllBytes(_folder.File("videos/walk/1.avi"), [0, 1, 2, 3, 4, 5, 6, 7]);
        for (var i = 0; i < 5; i++)
            File.WriteAllText(_folder.File($"videos/walk/{i}.json"), "{}");
        Directory.CreateDirectory(_folder.File("videos/.ipynb_checkpoints"));
        File.WriteAllBytes(_folder.File("videos/walk/3.avi"), File.ReadAllBytes(_folder.File("videos/walk/0.avi"))[..200]);

        var said = await TrainerProcess.RunAsync("prepare", _folder.File("videos"), "--output", _folder.File("frames"), "--short-side", "32", "--only-rgb", "--jobs", "1");
        Assert.Matches("videos 2/4, about 00:0[0-9]:[0-9]{2} left\n", said);
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("2 videos of 1 classes, 10 frames", lines[^5], StringComparison.Ordinal);
        Assert.Equal("skipped .ipynb_checkpoints/: hidden", lines[^4]);
        Assert.Equal("skipped 5 files *.json: text (walk/0.json, walk/1.json, walk/2.json ...)", lines[^3]);
        Assert.Matches("^skipped .*1.avi: .+", lines[^2]);
        Assert.Matches("^skipped .*3.avi: .+", lines[^1]);
        Assert.Contains("give it as I/N", await TrainerProcess.FailAsync("prepare", _folder.File("videos"), "--output", _folder.File("frames"), "--shard", "4/3"), StringComparison.Ordinal);

        foreach (var good in (int[])[0, 2])
            File.Delete(_folder.File($"videos/walk/{good}.avi"));
        Assert.Contains("error: no video could be prepared: ", await TrainerProcess.FailAsync("prepare", _folder.File("videos"), "--output", _folder.File("none"), "--only-rgb"), StringComparison.Ordinal);
    }
}
