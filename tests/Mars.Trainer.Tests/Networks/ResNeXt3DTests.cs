using Mars.Trainer.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Networks;

public class ResNeXt3DTests
{
    [Fact]
    public void StateDictionary_Depth14_HasTheAuthorsNamesAndShapes()
    {
        // As in the authors' rgb_depth14 checkpoint (51 classes), "module." left out.
        var expected = new List<string> { "conv1.weight [64,3,7,7,7]", "fc.weight [51,2048]", "fc.bias [51]" };
        Norm("bn1", 64);
        Layer("layer1.0", 64, 128, 256);
        Layer("layer2.0", 256, 256, 512);
        Layer("layer3.0", 512, 512, 1024);
        Layer("layer4.0", 1024, 1024, 2048);

        using var network = new ResNeXt3D(NetworkShape.Create(14, "full", 51));
        var actual = network.state_dict().Select(p => $"{p.Key} [{string.Join(',', p.Value.shape)}]");

        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));

        void Layer(string name, int inputs, int planes, int outputs)
        {
            expected.Add($"{name}.conv1.weight [{planes},{inputs},1,1,1]");
            expected.Add($"{name}.conv2.weight [{planes},{planes / 32},3,3,3]");
            expected.Add($"{name}.conv3.weight [{outputs},{planes},1,1,1]");
            expected.Add($"{name}.downsample.0.weight [{outputs},{inputs},1,1,1]");
            Norm($"{name}.bn1", planes);
            Norm($"{name}.bn2", planes);
            Norm($"{name}.bn3", outputs);
            Norm($"{name}.downsample.1", outputs);
        }

        void Norm(string name, int channels)
        {
            foreach (var part in new[] { "weight", "bias", "running_mean", "running_var" })
                expected.Add($"{name}.{part} [{channels}]");
            expected.Add($"{name}.num_batches_tracked []");
        }
    }

    [Fact]
    public void Parameters_Depth101With400Classes_AreThePapers48Point34Million()
    {
        using var network = new ResNeXt3D(NetworkShape.Create(101, "full", 400));
        Assert.Equal(48.34, network.parameters().Sum(p => p.numel()) / 1e6, 0.005);
    }

    [Theory]
    [InlineData(14, "full", 2, "A")]
    [InlineData(50, "narrow", 3, "B")]
    [InlineData(101, "narrow", 2, "B")]
    [InlineData(152, "narrow", 3, "A")]
    public void Parameters_CountedFromTheShape_AreTheNetworks(int depth, string width, int channels, string shortcut)
    {
        var shape = NetworkShape.Create(depth, width, 7, channels, shortcut: shortcut);
        using var network = new ResNeXt3D(shape);
        Assert.Equal(depth, shape.Depth);
        Assert.Equal(network.parameters().Sum(p => p.numel()), shape.Parameters);
    }

    [Theory]
    [InlineData(16, 3)]
    [InlineData(64, 2)]
    public void Forward_AnyClipLength_GivesOneFeatureAndOneRowOfLogitsAClip(int frames, int channels)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var network = new ResNeXt3D(NetworkShape.Create(14, "narrow", 7, channels, frames));
        network.eval();
        var output = network.forward(randn(new long[] { 2, channels, frames, 112, 112 }));
        Assert.Equal([2, 512], output.Features.shape);
        Assert.Equal([2, 7], output.Logits.shape);
    }

    // Option A of He et al.: every second value in each direction, and channels of zeros. With a last norm of zeros nothing is added to it.
    [Fact]
    public void Shortcut_OfKindA_TakesEverySecondValueAndAddsZeros()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var network = new ResNeXt3D(Tiny.Shape(2) with { Shortcut = "A" });
        network.eval();
        var block = network.Stages[1][0];
        block.Bn3.weight!.zero_();
        var input = randn([1, block.Conv1.weight!.shape[1], 5, 4, 6]);
        var output = block.forward(input);
        Assert.Equal([1, block.Conv3.weight!.shape[0], 3, 2, 3], output.shape);
        foreach (var (c, t, y) in from c in Enumerable.Range(0, (int)output.shape[1]) from t in Enumerable.Range(0, 3) from y in Enumerable.Range(0, 2) select (c, t, y))
        {
            for (var x = 0; x < 3; x++)
                Assert.Equal(c < input.shape[1] ? Math.Max(0, input[0, c, 2 * t, 2 * y, 2 * x].ToSingle()) : 0, output[0, c, t, y, x].ToSingle());
        }
    }

    [Fact]
    public void Convolutions_WhenMade_AreKaimingNormalByFanOut()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNeXt3D(NetworkShape.Create(14, "full", 10));
        // fan-out of the stem: 64 outputs * 7^3 taps
        Assert.Equal(Math.Sqrt(2.0 / (64 * 343)), network.Conv1.weight!.std().ToDouble(), 1e-4);
        Assert.Equal(1, network.Bn1.weight!.min().ToDouble());
        Assert.Equal(0, network.Bn1.bias!.abs().max().ToDouble());
    }

    [Fact]
    public void FromRgb_OnePixel_LandsInItsChannelLessTheMean()
    {
        using var scope = NewDisposeScope();
        var shape = Tiny.Shape(2);
        var clips = new byte[2 * 16 * 32 * 32 * 3];
        clips[(((((1 * 16) + 5) * 32) + 7) * 32 * 3) + (9 * 3) + 1] = 250; // clip 1, frame 5, row 7, column 9, green
        var input = ClipInput.FromRgb(clips, 2, shape, CPU);
        Assert.Equal([2, 3, 16, 32, 32], input.shape);
        Assert.Equal(250 - 107.7354, input[1, 1, 5, 7, 9].ToDouble(), 1e-4);
        Assert.Equal(-99.4750, input[1, 2, 5, 7, 9].ToDouble(), 1e-4);
    }
}
