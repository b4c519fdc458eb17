using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export;
using Mars.Trainer.Export.Onnx;
using Mars.Trainer.Networks;
using Mars.Trainer.Quantization;
using Mars.Trainer.Reporting;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Export;

/// <summary>The graphs' second answer: where each class is seen.</summary>
public sealed class ActivationMapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("conv3d", 16, 64, 1e-4)]
    [InlineData("conv3d", 40, 96, 1e-4)]
    [InlineData("fp16", 40, 96, 1e-2)]
    [InlineData("frames2d", 16, 96, 1e-4)]
    [InlineData("frames2d", 40, 96, 1e-4)]
    [InlineData("int8", 40, 96, 1e-4)]
    public void Run_AnyLayout_MeanOverPositionsAndBiasAreTheLogits(string layout, int frames, int size, double tolerance)
    {
        using var network = Tiny.Trained(Tiny.Shape(5) with { Frames = frames, Size = size });
        var weights = InferenceNetwork.From(network);
        var clip = ExportCheck.RandomClips(network.Shape, 1).Single();
        var maps = Run(Graph(weights, layout), clip);
        Assert.Equal(ResNeXt3D.PoolOf(network.Shape), (maps.Time, maps.Height));
        Assert.Equal(maps.Height, maps.Width);
        var largest = maps.Logits.Max(Math.Abs);
        for (var label = 0; label < 5; label++)
            Assert.InRange(maps.Of(label).ToArray().Average() + weights.ClassBias[label], maps.Logits[label] - (tolerance * largest), maps.Logits[label] + (tolerance * largest));
    }

    // Several places in time and space: a map that is turned about would have the same mean.
    [Theory]
    [InlineData("conv3d", 1e-3)]
    [InlineData("fp16", 3e-2)]
    [InlineData("frames2d", 1e-3)]
    [InlineData("int8", 0.15)]
    public void Run_AnyLayout_GivesTheMapThatTheNetworkHas(string layout, double tolerance)
    {
        using var network = Tiny.Trained(Tiny.Shape(5) with { Frames = 40, Size = 96 });
        network.eval();
        var clip = Clips(network.Shape, 1).Single();
        var maps = Run(Graph(InferenceNetwork.From(network), layout), clip);
        for (var label = 0; label < 5; label++)
        {
            using var scope = NewDisposeScope();
            var (map, _) = ActivationMaps.Compute(network, ClipInput.FromRgb(clip, 1, network.Shape, CPU), label);
            var expected = map.contiguous().data<float>().ToArray();
            var spread = expected.Max() - expected.Min();
            Assert.InRange(expected.Zip(maps.Of(label).ToArray(), (e, m) => Math.Abs(e - m)).Max(), 0, tolerance * spread);
        }
    }

    private static ModelProto Graph(InferenceNetwork weights, string layout)
    {
        var plan = LoweringTests.Plan(weights, 0.5);
        return layout switch
        {
            "frames2d" => NetworkGraph.Frames2d(weights, plan),
            "int8" => new NetworkQuantizer(weights, plan).Run([.. Clips(weights.Shape, 4)], null, TestContext.Current.CancellationToken).Model,
            _ => NetworkGraph.Conv3d(weights, half: layout == "fp16"),
        };
    }

    // Waves whose mean differs from place to place, in time too.
    private static IEnumerable<byte[]> Clips(NetworkShape shape, int count)
    {
        var random = new Random(3);
        for (var i = 0; i < count; i++)
        {
            var clip = new byte[shape.Frames * shape.Size * shape.Size * shape.InputChannels];
            for (var p = 0; p < clip.Length; p++)
                clip[p] = (byte)Math.Clamp(128 + (90 * Math.Sin((p * 0.00007 * (i + 1)) + i)) + random.Next(-30, 30), 0, 255);
            yield return clip;
        }
    }

    private ClassMaps Run(ModelProto graph, byte[] clip)
    {
        var file = _folder.File("maps.onnx");
        File.WriteAllBytes(file, graph.ToByteArray());
        using var mapper = ActivationMapper.Load(file);
        return mapper.Run(clip);
    }
}
