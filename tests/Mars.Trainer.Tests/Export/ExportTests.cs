using Mars.Inference.Models;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Export;

public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_ANetworkWithTrainedNorms_MakesAPackageThatComputesTheSame()
    {
        using var network = Tiny.Trained(NetworkShape.Create(14, "narrow", 5));
        var (folder, difference) = Export(network, network);
        Assert.InRange(difference, 0, 1e-4);
        var package = ModelPackage.Load(folder);
        Assert.Equal(["a", "b", "c", "d", "e"], package.Labels);
        Assert.Equal("rgb", package.Manifest.Kind);
        Assert.Contains(ModelPackage.CardName, package.Manifest.Files.Keys);
    }

    [Fact]
    public void Write_ADeeperNetworkWithPlainShortcuts_ComputesTheSame()
    {
        using var network = Tiny.Trained(Tiny.Shape(5) with { Blocks = [2, 1, 3, 2] });
        Assert.InRange(Export(network, network).Difference, 0, 1e-4);
    }

    public static MatrixTheoryData<string, int, string, bool> Kinds { get; } = new(["rgb", "flow", "mers", "mars"], [16, 64], ["fp32", "fp16"], [false, true]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Write_AnyStreamLengthPrecisionAndLayout_ComputesTheSameAndPassesOnnxsChecker(
        string stream, int frames, string precision, bool lowered)
    {
        var (channels, shortcut) = (stream == "flow" ? 2 : 3, stream is "mers" or "flow" ? "A" : "B");
        using var network = Tiny.Trained(Tiny.Shape(5) with { InputChannels = channels, Frames = frames, Shortcut = shortcut, Size = 48 });
        var (folder, difference) = Export(network, network, stream, precision, lowered);
        Assert.InRange(difference, 0, precision == "fp16" ? 1e-2 : 1e-4);
        var manifest = ModelPackage.Load(folder).Manifest;
        Assert.Equal((stream, frames, precision, channels), (manifest.Kind, manifest.ClipLength, manifest.Precision, manifest.Mean.Count));
        Assert.Equal(lowered ? "frames2d" : "conv3d", manifest.Layout);
        Assert.Equal(lowered ? ["conv1", "layer1.0.conv2", "layer2.0.conv2", "layer3.0.conv2", "layer4.0.conv2"] : [], manifest.Lowering.Keys.Order(StringComparer.Ordinal));
        Assert.All(manifest.Lowering.Values, plan => Assert.Matches("^[0-9]+ frames, [0-9]+ groups$", plan));
        Python.Check(Path.Combine(folder, ModelPackage.GraphName));
    }

    [Fact]
    public void Write_AGraphThatIsAlmostTheNetworks_IsRefusedAndNothingIsWritten()
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        using var other = Tiny.Trained(Tiny.Shape(5));
        using (no_grad())
            other.Stages[2][0].Bn2.running_mean!.add_(0.1);
        Assert.Throws<InvalidDataException>(() => Export(network, other));
        Assert.False(Directory.Exists(_folder.File("models")));
    }

    [Fact]
    public void Run_AGraphThatGivesNaN_IsRefused()
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        using var other = Tiny.Trained(Tiny.Shape(5));
        using (no_grad())
            other.Fc.bias!.fill_(float.NaN);
        Assert.Throws<InvalidDataException>(() => Export(network, other));
    }

    private (string Folder, double Difference) Export(ResNeXt3D network, ResNeXt3D graphOf, string stream = "rgb", string precision = "fp32", bool lowered = false)
    {
        var state = new RunState { Shape = network.Shape, Labels = ["a", "b", "c", "d", "e"], Stream = stream, Epoch = 1, Schedule = new Dictionary<string, double>() };
        var manifest = new ModelManifest { Name = "test", Version = "1", Kind = stream, Classes = 5, Precision = precision };
        var weights = InferenceNetwork.From(graphOf);
        var plan = lowered ? LoweringTests.Plan(weights, 0.5) : null;
        var graph = plan is null ? NetworkGraph.Conv3d(weights, precision == "fp16") : NetworkGraph.Frames2d(weights, plan, precision == "fp16");
        Assert.True(graph.CalculateSize() > 1000);
        return PackageExporter.Write(_folder.File("models"), manifest, network, graph, plan, state, [], "# test", null);
    }
}
