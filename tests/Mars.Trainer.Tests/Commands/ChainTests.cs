using Mars.Inference.Models;
using OpenCvSharp;

namespace Mars.Trainer.Tests.Commands;

/// <summary>Every command after the other, as the README has them, on four short videos.</summary>
public sealed class ChainTests : IDisposable
{
    private static readonly string[] Network = ["--depth", "14", "--width", "narrow", "--small-epochs", "1", "--epochs", "1", "--batch-size", "3", "--lr", "0.01"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Chain_FromVideosToPackages_RunsToItsEnd()
    {
        await TrainerProcess.RunAsync("synthesize", "--output", _folder.File("videos"), "--videos-per-class", "1", "--seed", "5");
        var videos = Directory.GetFiles(_folder.File("videos"), "*.avi", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(4).Select(f => Path.GetRelativePath(_folder.File("videos"), f));
        File.WriteAllLines(_folder.File("videos/four.csv"), videos.Select(v => $"{v},{Path.GetDirectoryName(v)}").Prepend("video,label"));
        File.Delete(_folder.File("videos/labels.txt"));
        Assert.Contains("4 videos of 4 classes", await TrainerProcess.RunAsync("prepare", _folder.File("videos/four.csv"), "--output", Frames, "--short-side", "48"), StringComparison.Ordinal);

        foreach (var stream in new[] { "rgb", "flow", "mers", "mars" })
            await TrainerProcess.RunAsync(["fit", "--stream", stream, "--data", Frames, "--validation", Frames, "--run", Run(stream), .. Network, .. stream[0] == 'm' ? Taught : []]);
        await TrainerProcess.RunAsync(["fit", "--stream", "mars", "--data", Frames, "--validation", Frames, "--run", Run("mars-alpha5"), .. Network, .. Taught, "--alpha", "5"]);
        Assert.True(File.Exists(Path.Combine(Run("mars"), "curves.png")));

        Assert.Contains("of 4 videos", await TrainerProcess.RunAsync("evaluate", "--run", _folder.File("runs"), "--streams", "mars,rgb,flow", "--data", Frames, "--static"), StringComparison.Ordinal);
        Assert.Contains("distance of the features", await TrainerProcess.RunAsync("evaluate", "--run", Run("mars"), "--data", Frames, "--teacher", Run("flow")), StringComparison.Ordinal);

        await TrainerProcess.RunAsync("report", "--runs", _folder.File("runs"), "--data", Frames, "--output", _folder.File("report"));
        var report = File.ReadAllText(_folder.File("report/report.md"));
        foreach (var part in new[] { "| MARS+RGB+Flow |", "| MERS+Flow |", "## Moving against static", "## Weight of the distance", "## Classes that gain", "./mars train fit", "](maps-1.png)", "](maps-3.png)" })
            Assert.Contains(part, report, StringComparison.Ordinal);
        Assert.True(new FileInfo(_folder.File("report/maps-1.png")).Length > 10_000);

        await TrainerProcess.RunAsync("explain", "--run", _folder.File("runs"), "--data", Frames, "--video", videos.First().Replace(".avi", "", StringComparison.Ordinal), "--output", _folder.File("maps.png"));
        using (var maps = Cv2.ImRead(_folder.File("maps.png")))
            Assert.True(maps.Width > 8 * 112 && maps.Height > 4 * 112, $"{maps.Width}x{maps.Height}");

        foreach (var stream in new[] { "rgb", "mars" })
            await TrainerProcess.RunAsync("export", "--run", Run(stream), "--name", stream, "--output", _folder.File("models"), "--test-data", Frames);
        await TrainerProcess.RunAsync("export", "--run", Run("flow"), "--name", "flow", "--output", _folder.File("models"), "--precision", "fp16");
        var quantized = await TrainerProcess.RunAsync("quantize", _folder.File("models/mars/1"), "--calibration", Frames, "--evaluation", Frames, "--force");
        Assert.Contains("int8", quantized, StringComparison.Ordinal);
        Assert.Equal("int8", ModelPackage.Load(_folder.File("models/mars-int8/1")).Manifest.Precision);
        Assert.Contains("4 videos", await TrainerProcess.RunAsync("bench", "decode", _folder.File("videos/four.csv"), "--package", _folder.File("models/mars/1")), StringComparison.Ordinal);
        await TrainerProcess.RunAsync("ensemble", "--members", "mars/1,rgb/1", "--name", "mars-rgb", "--output", _folder.File("models"));
        await TrainerProcess.RunAsync("ensemble", "--members", "mars-int8/1,rgb/1", "--name", "mars-then-rgb", "--cascade-margin", "0.5", "--output", _folder.File("models"));
        Assert.Equal(["mars", "mars-int8", "mars-rgb", "mars-then-rgb", "rgb"], ModelRepository.Read(_folder.File("models"), out var refused).Select(p => p.Manifest.Name).Order(StringComparer.Ordinal));
        Assert.Contains("optical flow", Assert.Single(refused), StringComparison.Ordinal);
    }

    private string Frames => _folder.File("frames");

    private string[] Taught => ["--teacher", Run("flow"), "--classifier-epochs", "1"];

    private string Run(string stream) => _folder.File($"runs/{stream}");
}
