using Mars.Inference.Models;
using OpenCvSharp;

namespace Mars.Trainer.Tests.Commands;

/// <summary>Every command after the other, as the README has them, on four short videos.</summary>
[Trait("Category", "training")]
public sealed class ChainTests : IDisposable
{
    private static readonly string[] Network = ["--depth", "14", "--width", "narrow", "--sample-size", "48", "--epochs", "1", "--batch-size", "3", "--lr", "0.01"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Chain_FromVideosToPackages_RunsToItsEnd()
    {
        await TrainerCommand.RunAsync("synthesize", "--output", _folder.File("videos"), "--videos-per-class", "1", "--seed", "5", "--actions", "clap,jump,kick,walk");
        var videos = Directory.GetFiles(_folder.File("videos"), "*.*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".avi" or ".mp4").Order(StringComparer.Ordinal).Select(f => Path.GetRelativePath(_folder.File("videos"), f));
        File.WriteAllLines(_folder.File("videos/four.csv"), videos.Select(v => $"{v},{Path.GetDirectoryName(v)}").Prepend("video,label"));
        File.Delete(_folder.File("videos/labels.txt"));
        Assert.Contains("4 videos of 4 classes", await TrainerCommand.RunAsync("prepare", _folder.File("videos/four.csv"), "--output", Frames, "--short-side", "48"), StringComparison.Ordinal);

        foreach (var stream in new[] { "rgb", "flow", "mers", "mars" })
            await TrainerCommand.RunAsync(["fit", "--stream", stream, "--data", Frames, "--validation", Frames, "--run", Run(stream), .. Network, .. stream[0] == 'm' ? Taught : []]);
        await TrainerCommand.RunAsync(["fit", "--stream", "mars", "--data", Frames, "--validation", Frames, "--run", Run("mars-alpha5"), .. Network, .. Taught, "--alpha", "5"]);
        Assert.True(File.Exists(Path.Combine(Run("mars"), "curves.png")));

        Assert.Contains("of 4 videos", await TrainerCommand.RunAsync("evaluate", "--run", _folder.File("runs"), "--streams", "mars,rgb,flow", "--data", Frames, "--static"), StringComparison.Ordinal);
        Assert.Contains("distance of the features", await TrainerCommand.RunAsync("evaluate", "--run", Run("mars"), "--data", Frames, "--teacher", Run("flow")), StringComparison.Ordinal);

        Assert.Contains("compared with one stream", await TrainerCommand.FailAsync("evaluate", "--run", _folder.File("runs"), "--streams", "mars,rgb", "--data", Frames, "--teacher", Run("flow")), StringComparison.Ordinal);

        // A teacher of other classes teaches its features; how well it tells these classes apart is not known.
        File.AppendAllText(Path.Combine(Frames, "labels.txt"), "another\n");
        Assert.Contains("tells other classes apart", await TrainerCommand.RunAsync(["fit", "--stream", "mars", "--data", Frames, "--validation", Frames, "--run", _folder.File("other"), .. Network, .. Taught]), StringComparison.Ordinal);
        Assert.Contains("logits are of other classes", await TrainerCommand.FailAsync(["fit", "--stream", "mars", "--data", Frames, "--run", _folder.File("logits"), .. Network, .. Taught, "--distill-at", "logits"]), StringComparison.Ordinal);
        Assert.Contains("give the options that it was begun with", await TrainerCommand.FailAsync(["fit", "--stream", "mars", "--data", Frames, "--validation", Frames, "--run", _folder.File("other"), .. Network, .. Taught, "--alpha", "5"]), StringComparison.Ordinal);
        File.WriteAllLines(Path.Combine(Frames, "labels.txt"), File.ReadAllLines(Path.Combine(Frames, "labels.txt")).SkipLast(1));

        await TrainerCommand.RunAsync("report", "--runs", _folder.File("runs"), "--data", Frames, "--output", _folder.File("report"));
        var report = File.ReadAllText(_folder.File("report/report.md"));
        foreach (var part in new[] { "| MARS+RGB+Flow |", "| MERS+Flow |", "## Moving against static", "## Weight of the distance", "## Classes that gain", "./mars train fit", "./mars train report --data", "learnt from some of these videos", "](maps-1.png)", "](maps-3.png)" })
            Assert.Contains(part, report, StringComparison.Ordinal);
        Assert.True(new FileInfo(_folder.File("report/maps-1.png")).Length > 10_000);

        await TrainerCommand.RunAsync("explain", "--run", _folder.File("runs"), "--data", Frames, "--video", Path.ChangeExtension(videos.First(), null), "--output", _folder.File("maps.png"));
        using (var maps = Cv2.ImRead(_folder.File("maps.png")))
            Assert.True(maps.Width > 8 * 112 && maps.Height > 4 * 112, $"{maps.Width}x{maps.Height}");

        foreach (var stream in new[] { "rgb", "mers", "mars" })
            await TrainerCommand.RunAsync("export", "--run", Run(stream), "--name", stream, "--output", _folder.File("models"), "--test-data", Frames);
        Assert.Contains("from which it learnt", File.ReadAllText(_folder.File("models/mars/1/CARD.md")), StringComparison.Ordinal);
        await TrainerCommand.RunAsync("export", "--run", Run("flow"), "--name", "flow", "--output", _folder.File("models"), "--precision", "fp16");
        var quantized = await TrainerCommand.RunAsync("quantize", _folder.File("models/mars/1"), "--calibration", Frames, "--evaluation", Frames, "--force");
        Assert.Contains("int8", quantized, StringComparison.Ordinal);
        Assert.Equal("int8", ModelPackage.Load(_folder.File("models/mars-int8/1")).Manifest.Precision);
        Assert.Contains("4 videos", await TrainerCommand.RunAsync("bench", "decode", _folder.File("videos/four.csv"), "--package", _folder.File("models/mars/1")), StringComparison.Ordinal);
        await TrainerCommand.RunAsync("ensemble", "--members", "mars/1,rgb/1", "--name", "mars-rgb", "--output", _folder.File("models"));
        await TrainerCommand.RunAsync("ensemble", "--members", "mars-int8/1,rgb/1", "--name", "mars-then-rgb", "--cascade-margin", "0.5", "--output", _folder.File("models"));
        Assert.Equal(["mars", "mars-int8", "mars-rgb", "mars-then-rgb", "mers", "rgb"], ModelRepository.Read(_folder.File("models"), out var refused).Select(p => p.Manifest.Name).Order(StringComparer.Ordinal));
        Assert.Contains("optical flow", Assert.Single(refused), StringComparison.Ordinal);
    }

    // The paper's longer clips: four times the frames, the same commands.
    [Fact]
    public async Task Chain_Of64Frames_RunsToItsEnd()
    {
        Tiny.Frames(_folder.File("frames"), 2, framesPerVideo: 70);
        string[] network = ["--depth", "14", "--width", "narrow", "--frames", "64", "--sample-size", "48", "--epochs", "1", "--batch-size", "2", "--lr", "0.01", "--shortcut", "A"];
        await TrainerCommand.RunAsync(["fit", "--data", Frames, "--run", Run("long"), .. network]);
        Assert.Contains("of 4 videos", await TrainerCommand.RunAsync("evaluate", "--run", Run("long"), "--data", Frames), StringComparison.Ordinal);
        await TrainerCommand.RunAsync("export", "--run", Run("long"), "--name", "long", "--output", _folder.File("models"), "--test-data", Frames);
        Assert.Equal(64, ModelPackage.Load(_folder.File("models/long/1")).Manifest.ClipLength);
    }

    private string Frames => _folder.File("frames");

    private string[] Taught => ["--teacher", Run("flow"), "--classifier-epochs", "1"];

    private string Run(string stream) => _folder.File($"runs/{stream}");
}
