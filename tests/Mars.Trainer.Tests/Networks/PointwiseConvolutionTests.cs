using Mars.Trainer.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Networks;

/// <summary>
/// The backward pass of a strided 1x1x1 convolution divides by zero in libtorch 2.10 on some processors (AMD family 26) and ends the process. No network has one: it takes
/// every second position and applies the convolution there.
/// </summary>
public sealed class PointwiseConvolutionTests
{
    public static MatrixTheoryData<int, string, int> Networks { get; } = new([14, 50, 101, 152], ["A", "B"], [2, 3]);

    [Theory]
    [MemberData(nameof(Networks))]
    public void Network_OfAnyDepthShortcutAndStream_HasNoStridedPointwiseConvolution(int depth, string shortcut, int channels)
    {
        using var network = new ResNeXt3D(NetworkShape.Create(depth, "narrow", 5, channels, shortcut: shortcut));
        AssertNoneIsStrided(network);
    }

    [Theory]
    [InlineData("half")]
    [InlineData("full")]
    public void Network_OfAnyWidth_HasNoStridedPointwiseConvolution(string width)
    {
        using var network = new ResNeXt3D(NetworkShape.Create(14, width, 5));
        AssertNoneIsStrided(network);
    }

    [Theory]
    [InlineData(16, 14, 14)]
    [InlineData(5, 7, 9)] // odd sizes: the last position counts
    [InlineData(1, 1, 1)]
    public void Forward_OfABlockWithAStride_IsTheStridedConvolutions(int frames, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (block, input) = Block(frames, height, width);
        var strided = nn.functional.conv3d(input, block.ShortcutConv!.weight!, null, [2, 2, 2]); // its forward pass is safe everywhere
        Assert.InRange(Difference(strided.relu(), block.forward(input)), 0, 1e-10);
    }

    // What a strided pointwise convolution's gradients are, written out: each position of the result depends on one of the input.
    [Theory]
    [InlineData(4, 6, 6)]
    [InlineData(5, 7, 9)]
    public void Backward_OfABlockWithAStride_IsTheStridedConvolutions(int frames, int height, int width)
    {
        using var scope = NewDisposeScope();
        var (block, input) = Block(frames, height, width);
        input.requires_grad_(true);
        var output = block.forward(input);
        var upstream = randn(output.shape, ScalarType.Float64);
        output.backward([upstream]);
        using var frozen = no_grad();
        var passed = upstream * (output > 0).to(ScalarType.Float64); // through the last ReLU
        var seen = input.slice(2, 0, frames, 2).slice(3, 0, height, 2).slice(4, 0, width, 2);
        var weight = block.ShortcutConv!.weight!;
        var ofWeight = einsum("nothw,ncthw->oc", passed, seen).reshape(weight.shape);
        var ofInput = zeros_like(input);
        ofInput.slice(2, 0, frames, 2).slice(3, 0, height, 2).slice(4, 0, width, 2).copy_(einsum("nothw,oc->ncthw", passed, weight.reshape(weight.shape[0], weight.shape[1])));
        Assert.InRange(Difference(ofWeight, weight.grad!), 0, 1e-10);
        Assert.InRange(Difference(ofInput, input.grad!), 0, 1e-10);
    }

    // A block whose result is its shortcut alone: the last norm of the other path gives zeros, and the shortcut's norm changes nothing.
    private static (Bottleneck Block, Tensor Input) Block(int frames, int height, int width)
    {
        manual_seed(3);
        var block = new Bottleneck(6, 4, 2, stride: 2, project: true);
        block.to(ScalarType.Float64);
        block.eval();
        using (no_grad())
        {
            block.Bn3.weight!.zero_();
            block.ShortcutBn!.running_var!.fill_(1 - 1e-5); // with epsilon the square root is 1
        }
        return (block, randn([2, 6, frames, height, width], ScalarType.Float64));
    }

    private static double Difference(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        return ((expected - actual).abs().max() / expected.abs().max()).ToDouble();
    }

    private static void AssertNoneIsStrided(ResNeXt3D network)
    {
        var convolutions = network.named_modules().Where(m => m.module is Conv3d).Select(m => (m.name, Layer: (Conv3d)m.module)).ToList();
        Assert.True(convolutions.Count >= 13, $"{convolutions.Count} convolutions");
        Assert.DoesNotContain(convolutions, c => c.Layer.weight!.shape[2..].All(k => k == 1) && c.Layer.stride.Any(s => s > 1));
    }
}
