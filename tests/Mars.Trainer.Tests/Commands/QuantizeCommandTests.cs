using System.Runtime.InteropServices;
using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Commands;
using Mars.Trainer.Data;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Commands;

/// <summary>What 8 bits may cost, and what is said of it.</summary>
public sealed class QuantizeCommandTests : IDisposable
{
    private const int Videos = 12;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Quantize_ANetworkThatKeepsItsAnswers_WritesFiguresIntoCardAndManifest()
    {
        Package((first, second) => (first - second, 0));
        Assert.Equal(0, await QuantizeAsync());
        var package = ModelPackage.Load(_folder.File("models/test-int8/1"));
        var card = File.ReadAllText(Path.Combine(package.Folder, ModelPackage.CardName));
        Assert.Matches("video accuracy ([0-9.]+ ?%) in fp32, \\1 in int8 \\(12 videos\\)", card);
        Assert.Contains("of 12 clips have the same answer", card, StringComparison.Ordinal);
        Assert.DoesNotContain("--force", card, StringComparison.Ordinal);
        var metrics = package.Manifest.Metrics;
        Assert.Equal(("int8", "frames2d", metrics["fp32_video_accuracy"], 1.0), (package.Manifest.Precision, package.Manifest.Layout, metrics["test_video_accuracy"], metrics["fp32_same_answers"]));
        Assert.True(metrics["test_video_accuracy"] > 0.7);
        Assert.NotEmpty(package.Manifest.Lowering);
        Assert.NotEmpty(package.Manifest.Golden);
        Python.Check(package.Graph);
    }

    [Fact]
    public async Task Quantize_StemReuse_IsServedWithTheAnswersOfTheWholeGraph()
    {
        Package((first, second) => (first - second, 0));
        Assert.Equal(0, await QuantizeAsync("--stem-reuse"));
        var package = ModelPackage.Load(_folder.File("models/test-int8/1"));
        Assert.Contains(StemGraphs.TrunkName, package.Manifest.Files.Keys);
        foreach (var part in package.Manifest.Files.Keys.Where(f => f.EndsWith(".onnx", StringComparison.Ordinal)))
            Python.Check(Path.Combine(package.Folder, part), skip: false);
        // Opening runs the golden clip, whose answer the whole graph gave.
        using var model = PackageOpener.Open(package);
        Assert.Equal(2, model.Package.Labels.Count);
    }

    // Its two classes differ by nothing that the videos show, but for a hair: what 8 bits round away decides.
    [Fact]
    public async Task Quantize_ANetworkWhoseAnswersHangByAHair_IsRefusedUnlessForced()
    {
        Package((first, second) => (NothingSeen(first, second), 1e-4));
        Assert.Equal(1, await QuantizeAsync());
        Assert.False(Directory.Exists(_folder.File("models/test-int8")));

        Assert.Equal(0, await QuantizeAsync("--force"));
        var package = ModelPackage.Load(_folder.File("models/test-int8/1"));
        Assert.InRange(package.Manifest.Metrics["fp32_same_answers"], 0, 0.97);
        Assert.Contains("written with --force", File.ReadAllText(Path.Combine(package.Folder, ModelPackage.CardName)), StringComparison.Ordinal);
    }

    private Task<int> QuantizeAsync(params string[] more) => CommandRunner.InvokeAsync(
        CommandTree.Create(), ["quantize", _folder.File("models/test/1"), "--calibration", _folder.File("frames"), "--evaluation", _folder.File("frames"), "--workers", "1", .. more]);

    // A direction in the space of features that is at right angles to those of all videos.
    private static Tensor NothingSeen(Tensor first, Tensor second)
    {
        var seen = cat([first, second]);
        var direction = ones(seen.shape[1], dtype: seen.dtype);
        return direction - seen.t().matmul(linalg.pinv(seen.t()).matmul(direction)) is var rest ? rest / rest.norm() * seen.norm() : rest;
    }

    /// <summary>Writes frames of two classes, and a package whose last layer is made of their features.</summary>
    /// <param name="classifier">Of the features of the first class and of the second, [videos, features] each: the direction from the second to the first, and by how much the first is preferred.</param>
    private void Package(Func<Tensor, Tensor, (Tensor Direction, double Hair)> classifier)
    {
        using var scope = NewDisposeScope();
        var set = Frames();
        using var network = Tiny.Trained(Tiny.Shape(2) with { Planes = [8, 8, 8, 32] });
        network.eval();
        var clips = FirstClips.Read(set, set.Videos, network.Shape);
        using (no_grad())
        {
            var features = network.forward(ClipInput.FromRgb([.. clips.SelectMany(c => c)], clips.Length, network.Shape, CPU)).Features.to(ScalarType.Float64);
            var (first, second) = (features.narrow(0, 0, Videos / 2), features.narrow(0, Videos / 2, Videos / 2));
            var (direction, hair) = classifier(first, second);
            if (direction.dim() == 2)
                direction = direction.mean([0L]);
            var middle = direction.dot((first.mean([0L]) + second.mean([0L])) / 2);
            network.Fc.weight!.copy_(stack([direction, -direction]));
            network.Fc.bias!.copy_(stack([-middle + hair, middle]));
        }
        var state = new RunState { Shape = network.Shape, Labels = set.Labels, Stream = "rgb", Epoch = 1, Schedule = new Dictionary<string, double>() };
        var manifest = new ModelManifest { Name = "test", Version = "1", Kind = "rgb", Classes = 2 };
        var graph = NetworkGraph.Conv3d(InferenceNetwork.From(network));
        PackageExporter.Write(_folder.File("models"), manifest, network, graph, null, state, [], "# test", null);
    }

    // Coarse noise, brighter in the first class.
    private FrameSet Frames()
    {
        var random = new Random(7);
        var videos = new List<VideoEntry>();
        for (var v = 0; v < Videos; v++)
        {
            var label = v < Videos / 2 ? "bright" : "dark";
            var video = new VideoEntry($"{label}/{v:D2}", label, "", null, 16);
            Directory.CreateDirectory(_folder.File($"frames/{video.Video}"));
            using var coarse = new Mat(6, 6, MatType.CV_8UC3);
            foreach (ref var value in MemoryMarshal.AsBytes(coarse.AsSpan<Vec3b>()))
                value = (byte)random.Next(v < Videos / 2 ? 110 : 10, v < Videos / 2 ? 240 : 140);
            using var picture = new Mat();
            Cv2.Resize(coarse, picture, new OpenCvSharp.Size(48, 40), interpolation: InterpolationFlags.Cubic);
            for (var i = 0; i < 16; i++)
                picture.SaveImage(_folder.File($"frames/{video.Video}/{FrameSet.FrameName(i)}"));
            videos.Add(video);
        }
        VideosCsv.Write(_folder.File($"frames/{VideosCsv.FileName}"), videos);
        return FrameSet.Load(_folder.File("frames"));
    }
}
