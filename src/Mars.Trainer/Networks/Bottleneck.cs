using Mars.Trainer.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mars.Trainer.Networks;

/// <summary>1x1x1, then 3x3x3 in groups (with the stride), then 1x1x1 to twice the planes; the input is added, made to fit where its shape differs.</summary>
internal sealed class Bottleneck : nn.Module<Tensor, Tensor>
{
    public Bottleneck(int inputs, int planes, int cardinality, int stride, bool project)
        : base(nameof(Bottleneck))
    {
        Stride = stride;
        var outputs = planes * NetworkShape.Expansion;
        Conv1 = nn.Conv3d(inputs, planes, 1L, bias: false);
        Bn1 = nn.BatchNorm3d(planes);
        Conv2 = nn.Conv3d(planes, planes, 3L, stride, 1L, groups: cardinality, bias: false);
        Bn2 = nn.BatchNorm3d(planes);
        Conv3 = nn.Conv3d(planes, outputs, 1L, bias: false);
        Bn3 = nn.BatchNorm3d(outputs);
        register_module("conv1", Conv1);
        register_module("bn1", Bn1);
        register_module("conv2", Conv2);
        register_module("bn2", Bn2);
        register_module("conv3", Conv3);
        register_module("bn3", Bn3);
        MissingChannels = outputs - inputs;
        if (!project || (stride == 1 && inputs == outputs))
            return;
        ShortcutConv = nn.Conv3d(inputs, outputs, 1L, bias: false); // where Thin leaves a position: see there
        ShortcutBn = nn.BatchNorm3d(outputs);
        register_module("downsample", nn.Sequential(("0", ShortcutConv), ("1", ShortcutBn)));
    }

    public int Stride { get; }

    /// <summary>Channels of zeros that shortcut A adds.</summary>
    public int MissingChannels { get; }

    public Conv3d Conv1 { get; }

    public BatchNorm3d Bn1 { get; }

    public Conv3d Conv2 { get; }

    public BatchNorm3d Bn2 { get; }

    public Conv3d Conv3 { get; }

    public BatchNorm3d Bn3 { get; }

    public Conv3d? ShortcutConv { get; }

    public BatchNorm3d? ShortcutBn { get; }

    /// <summary>Every convolution with its norm; the shortcut's is called downsample.</summary>
    public IEnumerable<(string Name, Conv3d Convolution, BatchNorm3d Norm)> Convolutions(string block)
    {
        yield return ($"{block}.conv1", Conv1, Bn1);
        yield return ($"{block}.conv2", Conv2, Bn2);
        yield return ($"{block}.conv3", Conv3, Bn3);
        if (ShortcutConv is not null)
            yield return ($"{block}.downsample", ShortcutConv, ShortcutBn!);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var shortcut = ShortcutConv is null ? Pad(Thin(input)) : ShortcutBn!.call(Convolve(ShortcutConv, Thin(input)));
        var x = Bn1.call(Convolve(Conv1, input)).relu_();
        x = Bn2.call(Convolve(Conv2, x)).relu_();
        x = Bn3.call(Convolve(Conv3, x));
        return x.PlusInPlace(shortcut).relu_().MoveToOuterDisposeScope();
    }

    /// <summary>A convolution in the precision of its input, whatever that of its weights is.</summary>
    public static Tensor Convolve(Conv3d convolution, Tensor input) => input.dtype == convolution.weight!.dtype
        ? convolution.forward(input)
        : nn.functional.conv3d(input, convolution.weight.to(input.dtype), null, convolution.stride, convolution.padding!, convolution.dilation, convolution.groups);

    // Every Stride-th position in time, height and width: what a pointwise convolution with that stride sees. It has none itself, because its backward pass divides by
    // zero in libtorch 2.10 on some processors (seen on AMD family 26: SIGFPE in Conv3d(1024, 2048, 1, 2) on [2, 1024, 2, 7, 7]).
    private Tensor Thin(Tensor input)
    {
        var thinned = input;
        for (var dimension = 2; Stride > 1 && dimension < 5; dimension++)
            thinned = thinned.slice(dimension, 0, thinned.shape[dimension], Stride);
        return thinned;
    }

    // The authors cut the gradient here (out.data); theirs is otherwise He et al.'s option A, which does not.
    private Tensor Pad(Tensor input) => MissingChannels == 0 ? input : nn.functional.pad(input, [0, 0, 0, 0, 0, 0, 0, MissingChannels]);
}
