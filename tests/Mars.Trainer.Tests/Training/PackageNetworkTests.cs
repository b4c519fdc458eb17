using Mars.Inference.Models;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Export;
using Mars.Trainer.Objectives;
using Mars.Trainer.Tests.Export;
using Mars.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Training;

public sealed class PackageNetworkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rgb", false)]
    [InlineData("rgb", true)]
    [InlineData("flow", true)]
    public void Load_OfAPackage_GivesTheNetworkBackWithNormsThatCanBeTrained(string stream, bool lowered)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var network = Tiny.Trained(Tiny.Shape(2) with { InputChannels = stream == "flow" ? 2 : 3 });
        var weights = InferenceNetwork.From(network);
        var plan = lowered ? LoweringTests.Plan(weights, 0.5) : null;
        var state = new RunState { Shape = network.Shape, Labels = ["bright", "dark"], Stream = stream, Epoch = 1, Schedule = new Dictionary<string, double>() };
        var manifest = new ModelManifest { Name = "first", Version = "1", Kind = stream, Classes = 2, Precision = "fp32" };
        var (folder, _) = PackageExporter.Write(
            _folder.File("models"), manifest, network, plan is null ? NetworkGraph.Conv3d(weights) : NetworkGraph.Frames2d(weights, plan), plan, state, [], "# test", null);

        var set = Tiny.Frames(_folder.File("frames"), 8, flow: true);
        var cache = new FrameCache(1 << 20);
        var options = new FitOptions { BatchSize = 16, CropScales = 1 };
        var (modality, clips) = stream == "flow" ? (Modality.Flow, set.ForFlow()) : (Modality.Rgb, set);
        var batch = new ClipLoader(clips, cache, modality, 16, 32, 1).Load(ClipPlan.Training(clips, 16, 16, options.Seed, 0, 1), TestContext.Current.CancellationToken).Single();
        var clip = ClipTensors.From(batch, network.Shape, CPU).For(network);
        network.eval();
        var expected = network.forward(clip).Logits;

        using var named = InitialWeights.Load(folder, 16);
        Assert.Equal(["bright", "dark"], named.Labels);
        var read = named.Network;
        read.eval();
        AssertNear(expected, read.forward(clip).Logits);
        PackageNetwork.Settle(read, set, cache, 32, options);
        AssertNear(expected, read.forward(clip).Logits);
        // Trained on these clips, the norms take their statistics: the same as they have, or the first step would start from another network.
        read.train();
        AssertNear(expected, read.forward(clip).Logits);
    }

    private static void AssertNear(Tensor expected, Tensor actual)
    {
        using var difference = (expected - actual).abs().max() / expected.abs().max();
        Assert.InRange(difference.ToSingle(), 0, 2e-3f);
    }
}
