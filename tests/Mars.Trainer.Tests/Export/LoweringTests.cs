using Google.Protobuf;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;

namespace Mars.Trainer.Tests.Export;

public sealed class LoweringTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Which candidate of each layer: the first (a frame at a time), one in the middle, the last (all frames at once, most groups merged).
    [Theory]
    [InlineData(16, 64, 3, "B", 0.0)]
    [InlineData(16, 64, 3, "B", 0.4)]
    [InlineData(16, 64, 3, "B", 1.0)]
    [InlineData(64, 32, 3, "A", 0.6)]
    [InlineData(16, 48, 2, "A", 0.8)]
    [InlineData(24, 40, 3, "B", 0.5)]
    public void Frames2d_AnyLowering_ComputesWhatTheNetworkDoes(int frames, int size, int channels, string shortcut, double which)
    {
        using var network = Tiny.Trained(NetworkShape.Create(14, "narrow", 5, channels, frames, shortcut: shortcut) with { Size = size });
        var weights = InferenceNetwork.From(network);
        var plan = Plan(weights, which);
        Assert.InRange(Difference(network, NetworkGraph.Frames2d(weights, plan)), 0, 1e-4);
    }

    [Fact]
    public void Frames2d_TheMeasuredPlan_NamesEveryLayerOfSeveralTapsAndComputesTheSame()
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        var measured = new List<(int, int)>();
        var plan = LoweringSearch.Run(weights, (graph, candidate) => new Frames2dLayout(graph, weights.Shape, candidate), (done, all) => measured.Add((done, all)), TestContext.Current.CancellationToken);
        Assert.Equal(weights.Placed().Where(p => p.Layer.Taps > 1).Select(p => p.Layer.Name).Order(), plan.Layers.Keys.Order());
        Assert.Equal((measured.Count, measured.Count), measured[^1]);
        Assert.InRange(Difference(network, NetworkGraph.Frames2d(weights, plan)), 0, 1e-4);
    }

    [Fact]
    public void Frames2d_AWrongTap_IsSeen()
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        var first = weights.Blocks[0];
        var turned = first.Grouped.Folded with { Weight = [.. first.Grouped.Folded.Weight.Reverse()] };
        var other = weights with { Blocks = [first with { Grouped = first.Grouped with { Folded = turned } }, .. weights.Blocks.Skip(1)] };
        Assert.Throws<InvalidDataException>(() => Difference(network, NetworkGraph.Frames2d(other, Plan(other, 0.5))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.0)]
    [InlineData(0.7)]
    public void Read_AGraphOfOurs_GivesTheNetworkBack(double? which)
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        var file = _folder.File("graph.onnx");
        var graph = which is { } w ? NetworkGraph.Frames2d(weights, Plan(weights, w)) : NetworkGraph.Conv3d(weights);
        File.WriteAllBytes(file, graph.ToByteArray());
        var read = GraphNetwork.Read(file);
        Assert.InRange(Difference(network, NetworkGraph.Conv3d(read)), 0, 1e-4);
    }

    [Fact]
    public void Read_AHalfGraphOrAStrangeFile_SaysWhatToDo()
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var file = _folder.File("graph.onnx");
        File.WriteAllBytes(file, NetworkGraph.Conv3d(InferenceNetwork.From(network), half: true).ToByteArray());
        Assert.Contains("fp32", Assert.Throws<InvalidDataException>(() => GraphNetwork.Read(file)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(file, [1, 2, 3, 4, 5, 6, 7]);
        Assert.Throws<InvalidDataException>(() => GraphNetwork.Read(file));
        File.WriteAllBytes(file, []);
        Assert.Contains("export it again", Assert.Throws<InvalidDataException>(() => GraphNetwork.Read(file)).Message, StringComparison.Ordinal);
    }

    internal static LoweringPlan Plan(InferenceNetwork network, double which) => new(network.Placed().Where(p => p.Layer.Taps > 1).ToDictionary(p => p.Layer.Name, p =>
    {
        var candidates = LoweringSearch.Candidates(p.Layer, p.Input.Frames).ToArray();
        return candidates[(int)Math.Round(which * (candidates.Length - 1))];
    }));

    private double Difference(ResNeXt3D network, Mars.Trainer.Export.Onnx.ModelProto graph)
    {
        var file = _folder.File("compared.onnx");
        File.WriteAllBytes(file, graph.ToByteArray());
        return ExportCheck.Run(network, file, [.. ExportCheck.RandomClips(network.Shape, 3)]);
    }
}
