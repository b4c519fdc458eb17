using System.Runtime.InteropServices;
using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.TestSupport;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;
using Mars.Trainer.Tests.Checkpoints;
using TorchSharp;

namespace Mars.Trainer.Tests.Commands;

/// <summary>From a file of the authors' code to a package, as people do it.</summary>
[LargeNetworks]
public sealed class ImportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ImportCommandTests() => File.WriteAllLines(_folder.File("labels.txt"), Enumerable.Range(1, 51).Select(i => $"action {i}"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rgb_depth14_legacy_cuda.pth", "mars", "frames2d", "clip_rgb_16x112x112x3_u8.bin", "clip")]
    [InlineData("flow_depth14_zip.pth", "flow", "conv3d", "flow_clip_16x112x112x2_u8.bin", "flow")]
    public async Task Import_OfTheAuthorsCheckpoint_IsAPackageThatAnswersAsTheirs(string checkpoint, string kind, string layout, string clip, string expected)
    {
        var said = await ImportAsync(SharedData.Oracle(checkpoint), ["--kind", kind, .. layout == "frames2d" ? [] : (string[])["--layout", layout]]);
        Assert.Contains("ResNeXt-14, 51 classes, 16 frames", said, StringComparison.Ordinal);
        var package = ModelPackage.Load(_folder.File("models/imported/1"));
        Assert.Equal((kind, layout, "action 51"), (package.Manifest.Kind, package.Manifest.Layout, package.Labels[^1]));
        Assert.Equal(checkpoint, package.Manifest.Provenance["imported_from"]);

        using var session = OrtClipSession.Load(package.Graph, 16, 112, new SessionSettings { MaxBatch = 1 });
        File.ReadAllBytes(SharedData.Oracle(clip)).CopyTo(session.Input(0));
        session.Run(1);
        AssertClose($"{expected}_logits_51_f32.bin", session.Logits(0).ToArray());
        AssertClose($"{expected}_features_2048_f32.bin", session.Features(0).ToArray());
    }

    // The depth and width of the paper, in the container of its time: 190 MB, which the oracle files do not hold.
    [Fact]
    public void Read_OfAFullLegacyCheckpointOf101Layers_GivesItsWeights()
    {
        using var scope = torch.NewDisposeScope();
        using var network = new ResNeXt3D(NetworkShape.Create(101, "full", 400));
        var tensors = Legacy(network, _folder.File("full.pth"));
        using var read = AuthorsNetwork.Build(TorchCheckpoint.Read(_folder.File("full.pth")), 16);
        Assert.Equal((101, 400, 2048), (read.Shape.Depth, read.Shape.Classes, read.Shape.Features));
        var state = read.state_dict();
        Assert.All(tensors, t => Assert.True(state[t.Key].equal(t.Value).all().ToBoolean(), t.Key));
    }

    [Fact]
    public async Task Import_OfALegacyCheckpointOf101Layers_AnswersAsItsNetwork()
    {
        using var scope = torch.NewDisposeScope();
        using var network = Tiny.Trained(NetworkShape.Create(101, "narrow", 400));
        Legacy(network, _folder.File("deep.pth"));
        File.WriteAllLines(_folder.File("labels.txt"), Enumerable.Range(1, 400).Select(i => $"action {i}"));
        Assert.Contains("ResNeXt-101, 400 classes, 16 frames", await ImportAsync(_folder.File("deep.pth"), "--kind", "mars", "--layout", "conv3d"), StringComparison.Ordinal);

        var package = ModelPackage.Load(_folder.File("models/imported/1"));
        using var session = OrtClipSession.Load(package.Graph, 16, 112, new SessionSettings { MaxBatch = 1 });
        var clip = ExportCheck.RandomClips(network.Shape, 1).First();
        clip.CopyTo(session.Input(0));
        session.Run(1);
        network.eval();
        using var frozen = torch.no_grad();
        var output = network.forward(ClipInput.FromRgb(clip, 1, network.Shape, torch.CPU));
        AssertClose(output.Logits.data<float>().ToArray(), session.Logits(0).ToArray());
        AssertClose(output.Features.data<float>().ToArray(), session.Features(0).ToArray());
    }

    [Fact]
    public async Task Import_OfWhatIsNoSuchCheckpoint_SaysWhyAndWritesNothing()
    {
        var checkpoint = SharedData.Oracle("rgb_depth14_legacy_cuda.pth");
        File.WriteAllText(_folder.File("text.pth"), "this is no checkpoint");
        File.WriteAllBytes(_folder.File("cut.pth"), File.ReadAllBytes(checkpoint)[..5_000_000]);
        File.WriteAllText(_folder.File("two.txt"), "a\nb\n");
        Assert.Contains("not a checkpoint that Mars can import", await RefusedAsync(_folder.File("text.pth"), "--kind", "rgb"), StringComparison.Ordinal);
        Assert.Contains("is not as long as it says", await RefusedAsync(_folder.File("cut.pth"), "--kind", "rgb"), StringComparison.Ordinal);
        Assert.Contains("takes 3 channels and flow takes 2", await RefusedAsync(checkpoint, "--kind", "flow"), StringComparison.Ordinal);
        Assert.Contains("names 2 classes and the checkpoint has 51", await RefusedAsync(checkpoint, "--kind", "rgb", "--labels", _folder.File("two.txt")), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("models")));
    }

    private Task<string> ImportAsync(string file, params string[] more) => TrainerCommand.RunAsync(Arguments(file, more));

    private Task<string> RefusedAsync(string file, params string[] more) => TrainerCommand.FailAsync(Arguments(file, more));

    private string[] Arguments(string file, string[] more) =>
        ["import", file, .. more.Contains("--labels") ? [] : (string[])["--labels", _folder.File("labels.txt")], "--name", "imported", "--output", _folder.File("models"), .. more];

    private static Dictionary<string, torch.Tensor> Legacy(ResNeXt3D network, string file)
    {
        var tensors = network.state_dict().Where(t => t.Value.dtype == torch.ScalarType.Float32).ToDictionary();
        File.WriteAllBytes(file, TinyCheckpoint.Legacy([.. tensors.Select(t => ($"module.{t.Key}", t.Value.shape, t.Value.data<float>().ToArray()))]));
        return tensors;
    }

    private static void AssertClose(string name, float[] actual) => AssertClose(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(SharedData.Oracle(name))).ToArray(), actual);

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / expected.Max(Math.Abs), 0, 1e-3);
    }
}
