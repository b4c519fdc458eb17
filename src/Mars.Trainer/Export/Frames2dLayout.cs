using Mars.Trainer.Networks;

namespace Mars.Trainer.Export;

/// <summary>Maps [N * frames, channels, height, width] and 2D convolutions: <see cref="FrameLowering"/> says how.</summary>
internal sealed class Frames2dLayout(GraphBuilder graph, NetworkShape shape, LoweringPlan plan) : IGraphLayout
{
    public GraphMap Input()
    {
        // Transposed as bytes, and the mean taken from planes of one colour: each is several times as fast as on floats of three colours in turn.
        var frames = graph.Node("Reshape", [graph.Clip(shape), graph.Numbers(-1, shape.Size, shape.Size, shape.InputChannels)]);
        var planes = graph.Node("Transpose", [frames], null, ("perm", new[] { 0, 3, 1, 2 }));
        return new GraphMap(graph.Centred(planes, shape, shape.InputChannels, 1, 1), shape.Frames, shape.Size, shape.InputChannels);
    }

    public GraphMap InputMaps(GraphMap like)
    {
        var clip = graph.FloatsOfBytes("N", like.Frames, like.Channels, like.Side, like.Side);
        return like with { Value = graph.Node("Reshape", [clip, graph.Numbers(-1, like.Channels, like.Side, like.Side)]) };
    }

    public GraphMap Convolve(GraphMap input, ConvolutionLayer layer, bool relu)
    {
        var value = layer.Taps == 1 ? Pointwise(input, layer) : Lowered(input, layer, plan[layer], relu);
        return input.After(layer.Taps == 1 && relu ? graph.Node("Relu", [value]) : value, layer);
    }

    public GraphMap MaxPool(GraphMap input) => input.Frames == 1 ? MaxOverPixels(input) : MaxOverFrames(MaxOverPixels(input));

    /// <summary>One half of <see cref="MaxPool"/>: each frame by itself.</summary>
    public GraphMap MaxOverPixels(GraphMap input) => input.AfterPool(
        graph.Node("MaxPool", [input.Value], null, ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 1, 1, 1 }))) with
    { Frames = input.Frames };

    /// <summary>The other: frames 2t-1, 2t and 2t+1 become one. The frame before the first is another copy of the first, which changes no maximum.</summary>
    public GraphMap MaxOverFrames(GraphMap input)
    {
        var (frames, side, last) = (input.Frames, input.Side, input.Frames - 1);
        var clip = graph.Node("Reshape", [input.Value, graph.Numbers(-1, frames, input.Channels, side, side)]);
        var before = graph.Node("Concat", [Slice(clip, 0, 1, 1), Slice(clip, 1, last, 2)], null, ("axis", 1));
        var after = frames % 2 == 0 ? Slice(clip, 1, frames, 2) : graph.Node("Concat", [Slice(clip, 1, frames, 2), Slice(clip, last, frames, 1)], null, ("axis", 1));
        var pooled = graph.Node("Max", [before, Slice(clip, 0, frames, 2), after]);
        return input with { Value = graph.Node("Reshape", [pooled, graph.Numbers(-1, input.Channels, side, side)]), Frames = (last / 2) + 1 };
    }

    public GraphMap Add(GraphMap block, GraphMap shortcut, string name) => block with { Value = graph.Node("Relu", [graph.Node("Add", [block.Value, shortcut.Value])]) };

    public string Mean(GraphMap input, string output)
    {
        var frames = graph.Node("Reshape", [graph.Single(graph.Node("GlobalAveragePool", [input.Value])), graph.Numbers(-1, input.Frames, input.Channels)]);
        return graph.Node("ReduceMean", [frames], output, ("axes", new[] { 1 }), ("keepdims", 0));
    }

    public string Positions(GraphMap input)
    {
        var maps = graph.Single(input.Value);
        if (input.Frames > 1)
        {
            maps = graph.Node("Reshape", [maps, graph.Numbers(-1, input.Frames, input.Channels, input.Side * input.Side)]);
            maps = graph.Node("Transpose", [maps], null, ("perm", new[] { 0, 2, 1, 3 }));
        }
        return graph.Node("Reshape", [maps, graph.Numbers(-1, input.Channels, input.Positions)]);
    }

    private string Pointwise(GraphMap input, ConvolutionLayer layer)
    {
        var frames = input.Value;
        if (layer.TimeStride > 1 && input.Frames > 1)
        {
            var clip = graph.Node("Reshape", [frames, graph.Numbers(-1, input.Frames, input.Channels, input.Side, input.Side)]);
            frames = graph.Node("Reshape", [Slice(clip, 0, input.Frames, layer.TimeStride), graph.Numbers(-1, input.Channels, input.Side, input.Side)]);
        }
        var flat = layer.Folded with { Shape = [layer.Folded.Shape[0], layer.Folded.Shape[1], 1, 1] };
        return graph.Convolution(layer.Name, frames, flat, layer.Groups, [layer.Stride, layer.Stride], 0);
    }

    private string Lowered(GraphMap input, ConvolutionLayer layer, FrameLowering lowering, bool relu)
    {
        var (groups, side) = (layer.Groups / lowering.Groups, layer.SideOf(input.Side));
        var joined = Join(input, layer, lowering, groups);
        var value = graph.Convolution(layer.Name, joined, lowering.Lower(layer, input.Frames), groups, [layer.Stride, layer.Stride], layer.Kernel / 2);
        if (relu)
            value = graph.Node("Relu", [value]);
        if (lowering.Frames == 1)
            return value;
        if (groups > 1)
        {
            value = graph.Node("Reshape", [value, graph.Numbers(-1, groups, lowering.Frames, layer.Outputs / groups, side * side)]);
            value = graph.Node("Transpose", [value], null, ("perm", new[] { 0, 2, 1, 3, 4 }));
        }
        return graph.Node("Reshape", [value, graph.Numbers(-1, layer.Outputs, side, side)]);
    }

    // [N * chunks of output frames, group x input frame x channel, height, width]
    private string Join(GraphMap input, ConvolutionLayer layer, FrameLowering lowering, int groups)
    {
        var (frames, side, channels) = (input.Frames, input.Side, input.Channels);
        var joined = input.Value;
        var inputs = lowering.Inputs(layer, frames);
        if (lowering.IsWhole(layer, frames))
        {
            if (frames == 1)
                return joined;
            if (groups > 1)
            {
                joined = graph.Node("Reshape", [joined, graph.Numbers(-1, frames, groups, channels / groups, side * side)]);
                joined = graph.Node("Transpose", [joined], null, ("perm", new[] { 0, 2, 1, 3, 4 }));
            }
        }
        else
        {
            var clip = graph.Node("Reshape", [joined, graph.Numbers(-1, frames, channels, side, side)]);
            var padded = graph.Pad(clip, 1, layer.Taps / 2, 5);
            var step = lowering.Frames * layer.TimeStride;
            var chunks = layer.FramesOf(frames) / lowering.Frames;
            var parts = Enumerable.Range(0, inputs).Select(i =>
                graph.Node("Reshape", [Slice(padded, i, i + ((chunks - 1) * step) + 1, step), graph.Numbers(-1, groups, channels / groups, side, side)]));
            joined = graph.Node("Concat", [.. parts], null, ("axis", 2));
        }
        return graph.Node("Reshape", [joined, graph.Numbers(-1, inputs * channels, side, side)]);
    }

    private string Slice(string clip, int from, int to, int step) => graph.Slice(clip, 1, from, to, step);
}
