using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Commands;
using Mars.Trainer.Export;

namespace Mars.Trainer.Tests.Commands;

/// <summary>A package that is written anew for another machine.</summary>
public sealed class LowerCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lower_AGraphIn3D_IsTheSameNetworkIn2D()
    {
        Package();
        Assert.Equal(0, await CommandRunner.InvokeAsync(CommandTree.Create(), ["lower", _folder.File("models/test/1"), "--model-version", "2"]));

        var (old, lowered) = (ModelPackage.Load(_folder.File("models/test/1")), ModelPackage.Load(_folder.File("models/test/2")));
        Assert.Equal(("conv3d", "frames2d"), (old.Manifest.Layout, lowered.Manifest.Layout));
        Assert.Equal(old.Labels, lowered.Labels);
        Assert.Contains("lower", lowered.Manifest.Provenance["lowered_by"], StringComparison.Ordinal);
        Assert.InRange(ExportCheck.Run(old.Graph, lowered.Graph, Tiny.Shape(3)), 0, 1e-4);
    }

    [Fact]
    public async Task Lower_StemReuse_IsServedWithTheAnswersOfTheWholeGraph()
    {
        Package();
        Assert.Equal(0, await CommandRunner.InvokeAsync(CommandTree.Create(), ["lower", _folder.File("models/test/1"), "--model-version", "2", "--stem-reuse"]));

        var package = ModelPackage.Load(_folder.File("models/test/2"));
        Assert.Equal(["stem.onnx", "stem_stride1.onnx", "stem_stride4.onnx", "stem_stride8.onnx"], package.Manifest.Files.Keys.Where(f => f.StartsWith("stem", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        foreach (var part in package.Manifest.Files.Keys.Where(f => f.EndsWith(".onnx", StringComparison.Ordinal)))
            Python.Check(Path.Combine(package.Folder, part), skip: false);
        using (PackageOpener.Open(package))
        {
            // Its golden clip has been run, whose answer the whole graph gave.
        }
        // Parts of another network: what they answer is not what the manifest says.
        File.Copy(Path.Combine(package.Folder, StemGraphs.NextName(8)), Path.Combine(package.Folder, StemGraphs.StemName), overwrite: true);
        Assert.Throws<InvalidDataException>(() => ModelPackage.Load(package.Folder));
    }

    [Fact]
    public async Task Lower_StemReuseIn3D_IsRefused()
    {
        Package();
        Assert.NotEqual(0, await CommandRunner.InvokeAsync(CommandTree.Create(), ["lower", _folder.File("models/test/1"), "--model-version", "2", "--stem-reuse", "--layout", "conv3d"]));
        Assert.False(Directory.Exists(_folder.File("models/test/2")));
    }

    [Fact]
    public void Check_OfAnotherNetwork_Refuses()
    {
        using var first = Tiny.Trained(Tiny.Shape(3));
        var other = InferenceNetwork.From(first);
        other.ClassBias[0] += 1;
        var (before, after) = (_folder.File("before.onnx"), _folder.File("after.onnx"));
        File.WriteAllBytes(before, Google.Protobuf.MessageExtensions.ToByteArray(NetworkGraph.Conv3d(InferenceNetwork.From(first))));
        File.WriteAllBytes(after, Google.Protobuf.MessageExtensions.ToByteArray(NetworkGraph.Conv3d(other)));
        Assert.Contains("differs", Assert.Throws<InvalidDataException>(() => ExportCheck.Run(before, after, first.Shape)).Message, StringComparison.Ordinal);
    }

    // models/test/1, a graph in 3D.
    private void Package()
    {
        using var network = Tiny.Trained(Tiny.Shape(3));
        var state = new RunState { Shape = network.Shape, Labels = ["a", "b", "c"], Stream = "rgb", Epoch = 1, Schedule = new Dictionary<string, double>() };
        var manifest = new ModelManifest { Name = "test", Version = "1", Kind = "rgb", Classes = 3 };
        PackageExporter.Write(_folder.File("models"), manifest, network, NetworkGraph.Conv3d(InferenceNetwork.From(network)), null, state, [], "# test", null);
    }
}
