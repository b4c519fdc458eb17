using Mars.Trainer.Networks;
using TorchSharp.Modules;

namespace Mars.Trainer.Export;

/// <summary>A ResNeXt3D as it is run: nothing but convolutions with biases, and the last layer. What every graph is written from.</summary>
/// <param name="Shape">Of the network.</param>
/// <param name="Stem">7x7x7.</param>
/// <param name="Blocks">Of the four stages, in order.</param>
/// <param name="ClassWeight">[classes, features] of the last layer.</param>
/// <param name="ClassBias">[classes].</param>
internal sealed record InferenceNetwork(NetworkShape Shape, ConvolutionLayer Stem, IReadOnlyList<InferenceBlock> Blocks, float[] ClassWeight, float[] ClassBias)
{
    /// <summary>Every convolution with the maps that it is applied to.</summary>
    public IEnumerable<(ConvolutionLayer Layer, GraphMap Input)> Placed()
    {
        var map = new GraphMap("clip", Shape.Frames, Shape.Size, Shape.InputChannels);
        yield return (Stem, map);
        map = map.After("conv1", Stem).AfterPool("pool");
        foreach (var block in Blocks)
        {
            if (block.Shortcut is { } shortcut)
                yield return (shortcut, map);
            foreach (var layer in (IReadOnlyList<ConvolutionLayer>)[block.Reduce, block.Grouped, block.Expand])
            {
                yield return (layer, map);
                map = map.After(layer.Name, layer);
            }
        }
    }

    public static InferenceNetwork From(ResNeXt3D network)
    {
        var stem = new ConvolutionLayer("conv1", FoldedConvolution.From(network.Conv1, network.Bn1), 1, 1, 2);
        var blocks = network.Stages.SelectMany((stage, s) => stage.Select((block, b) => Block($"layer{s + 1}.{b}", block)));
        return new InferenceNetwork(network.Shape, stem, [.. blocks], Values(network.Fc.weight!), Values(network.Fc.bias!));
    }

    private static InferenceBlock Block(string name, Bottleneck block)
    {
        var shortcut = block switch
        {
            { ShortcutConv: { } projection } => FoldedConvolution.From(projection, block.ShortcutBn!),
            { Stride: > 1 } or { MissingChannels: > 0 } => FoldedConvolution.Identity((int)block.Conv1.in_channels, (int)block.Conv3.out_channels),
            _ => null,
        };
        return new InferenceBlock(
            name,
            new ConvolutionLayer($"{name}.conv1", FoldedConvolution.From(block.Conv1, block.Bn1), 1, 1, 1),
            new ConvolutionLayer($"{name}.conv2", FoldedConvolution.From(block.Conv2, block.Bn2), (int)block.Conv2.groups, block.Stride, block.Stride),
            new ConvolutionLayer($"{name}.conv3", FoldedConvolution.From(block.Conv3, block.Bn3), 1, 1, 1),
            shortcut is null ? null : new ConvolutionLayer($"{name}.downsample", shortcut, 1, block.Stride, block.Stride));
    }

    private static float[] Values(Parameter parameter)
    {
        using var copy = parameter.detach().cpu().contiguous();
        return copy.data<float>().ToArray();
    }
}

/// <summary>Three convolutions, the first two with a ReLU; the block's input, made to fit, is added before the last ReLU.</summary>
/// <param name="Name">layer1.0 and so on.</param>
/// <param name="Reduce">1x1x1.</param>
/// <param name="Grouped">3x3x3, with the stride.</param>
/// <param name="Expand">1x1x1.</param>
/// <param name="Shortcut">1x1x1 with the stride; null where the input fits as it is.</param>
internal sealed record InferenceBlock(string Name, ConvolutionLayer Reduce, ConvolutionLayer Grouped, ConvolutionLayer Expand, ConvolutionLayer? Shortcut);
