using Mars.Inference.Sessions;
using Mars.Trainer.Export.Onnx;
using Mars.Trainer.Networks;

namespace Mars.Trainer.Export;

/// <summary>
/// Maps of uint8 [1, N * frames, height, width, channels] and integer convolutions, from the clip's own bytes to the last pooling: no value is a float in between.
/// It uses ONNX Runtime's QLinearConv with channels last directly: its kernels work in that order, need no copy of a map for 1x1x1 convolutions, and 3D maps count
/// as one picture, however many clips there are. A quantise and dequantise form of the graph ends in the same kernels with transposes around them.
/// </summary>
internal sealed class QuantizedLayout : IGraphLayout
{
    private readonly GraphBuilder _graph;
    private readonly NetworkShape _shape;
    private readonly LoweringPlan _plan;
    private readonly Func<string, ActivationRange> _range;
    private readonly Dictionary<string, Quantization> _of = [];

    /// <param name="graph">Written to.</param>
    /// <param name="shape">Of the network.</param>
    /// <param name="plan">For convolutions of more than one tap.</param>
    /// <param name="range">What the result of a layer, or of a block's sum, can be; by name.</param>
    public QuantizedLayout(GraphBuilder graph, NetworkShape shape, LoweringPlan plan, Func<string, ActivationRange> range) =>
        (_graph, _shape, _plan, _range) = (graph, shape, plan, range);

    public GraphMap Input() => new(_graph.Clip(_shape), _shape.Frames, _shape.Size, _shape.InputChannels);

    public GraphMap InputMaps(GraphMap like)
    {
        var clip = _graph.Input("maps", TensorProto.Types.DataType.Uint8, "N", like.Frames, like.Side, like.Side, like.Channels);
        return Map(like, Flat(clip, like), new Quantization(1f / Quantization.Levels, 0));
    }

    public GraphMap Convolve(GraphMap input, ConvolutionLayer layer, bool relu)
    {
        var result = Quantization.Of(_range(layer.Name), relu);
        var value = layer.Taps switch
        {
            7 => Stem(input, layer, _plan[layer], result),
            > 1 => Lowered(input, layer, _plan[layer], result),
            _ => Pointwise(input, layer, result),
        };
        return Map(input.After(value, layer), value, result);
    }

    public GraphMap MaxPool(GraphMap input)
    {
        var pooled = input.AfterPool(string.Empty);
        var clip = _graph.RuntimeNode(
            "NhwcMaxPool", [Clips(input)], null, ("kernel_shape", new[] { 3, 3, 3 }), ("strides", new[] { 2, 2, 2 }), ("pads", new[] { 1, 1, 1, 1, 1, 1 }));
        return Map(pooled, Flat(clip, pooled), _of[input.Value]);
    }

    /// <summary>The clip with its border of the mean's colour, frames as channels: uint8 [1, pixels, frames x colours].</summary>
    /// <param name="border">Pixels of it.</param>
    public string FramesAsChannels(int border)
    {
        var clip = Input();
        var side = clip.Side + (2 * border);
        var x = Bordered(clip, border, out _, out _);
        x = _graph.Node("Reshape", [x, _graph.Numbers(-1, clip.Frames, side * side, clip.Channels)]);
        x = _graph.Node("Transpose", [x], null, ("perm", new[] { 0, 2, 1, 3 }));
        return _graph.Node("Reshape", [x, _graph.Numbers(-1, side * side, clip.Frames * clip.Channels)]);
    }

    /// <summary>Some output frames of the stem, pooled over pixels: uint8 [frames, side, side, channels], and their side.</summary>
    /// <param name="joined">[chunks, pixels, columns]: of <see cref="FramesAsChannels"/>.</param>
    /// <param name="stem">The layer.</param>
    /// <param name="weights">Of a chunk's output frames, over all columns that they see, in the clip or beyond its ends.</param>
    /// <param name="from">The clip's frame and colour that the first of these is; less than 0 before the clip.</param>
    /// <param name="seen">The columns that are there.</param>
    /// <param name="together">Output frames of a chunk.</param>
    /// <param name="output">Name of the result.</param>
    public int PooledStem(string joined, ConvolutionLayer stem, FoldedConvolution weights, int from, (int From, int Width) seen, int together, string output)
    {
        var (bordered, side, colours) = (_shape.Size + (2 * (stem.Kernel / 2)), stem.SideOf(_shape.Size), stem.Inputs);
        var mean = ClipInput.MeanOf(_shape);
        var x = _graph.Node("Reshape", [joined, _graph.Numbers(-1, bordered, bordered, seen.Width)]);
        x = Convolution(
            x, new Quantization(1, 0), $"stem{output}", weights, 1, [stem.Stride, stem.Stride], 0, Quantization.Of(_range(stem.Name), relu: true), [.. Enumerable.Range(0, colours).Select(c => mean[(from + (colours * stem.Taps) + c) % colours])],
            (seen.From - from, seen.Width));
        x = _graph.Node("Reshape", [x, _graph.Numbers(-1, side * side, together, stem.Outputs)]);
        x = _graph.Node("Transpose", [x], null, ("perm", new[] { 0, 2, 1, 3 }));
        x = _graph.Node("Reshape", [x, _graph.Numbers(-1, side, side, stem.Outputs)]);
        _graph.RuntimeNode("NhwcMaxPool", [x], output, ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 1, 1, 1 }));
        return new GraphMap(output, together, side, stem.Outputs).AfterPool(output).Side;
    }

    /// <summary>The half of <see cref="MaxPool"/> that is left when each frame of the stem's result has been pooled by itself: of the input `maps`.</summary>
    public GraphMap MaxOverFrames(GraphMap like, ConvolutionLayer stem)
    {
        var clip = _graph.Input(StemGraphs.MapsName, TensorProto.Types.DataType.Uint8, 1, like.Frames, like.Side, like.Side, like.Channels);
        var pooled = like with { Frames = like.AfterPool(string.Empty).Frames };
        var maps = _graph.RuntimeNode("NhwcMaxPool", [clip], null, ("kernel_shape", new[] { 3, 1, 1 }), ("strides", new[] { 2, 1, 1 }), ("pads", new[] { 1, 0, 0, 1, 0, 0 }));
        return Map(pooled, Flat(maps, pooled), Quantization.Of(_range(stem.Name), relu: true));
    }

    public GraphMap Add(GraphMap block, GraphMap shortcut, string name)
    {
        var result = Quantization.Of(_range(name), relu: true);
        return Map(block, _graph.RuntimeNode("QLinearAdd", [.. Quantized(block), .. Quantized(shortcut), .. result.Constants(_graph)]), result);
    }

    public string Mean(GraphMap input, string output) => _graph.Node("ReduceMean", [Pixels(input)], output, ("axes", new[] { 1 }), ("keepdims", 0));

    public string Positions(GraphMap input) => _graph.Node("Transpose", [Pixels(input)], null, ("perm", new[] { 0, 2, 1 }));

    // Float [N, positions, channels].
    private string Pixels(GraphMap input)
    {
        var pixels = _graph.Node("Reshape", [input.Value, _graph.Numbers(-1, input.Positions, input.Channels)]);
        return _graph.Node("DequantizeLinear", [pixels, .. _of[input.Value].Constants(_graph)]);
    }

    private string Pointwise(GraphMap input, ConvolutionLayer layer, Quantization result)
    {
        // Frames of all clips are one row, unless steps over them would go from one clip into the next at the wrong place.
        var clips = input.Frames % layer.TimeStride != 0;
        var value = Convolution(
            clips ? Clips(input) : input.Value, _of[input.Value], layer.Name, layer.Folded, layer.Groups, [layer.TimeStride, layer.Stride, layer.Stride], 0, result);
        return clips ? Flat(value, input.After(value, layer)) : value;
    }

    private string Lowered(GraphMap input, ConvolutionLayer layer, FrameLowering lowering, Quantization result)
    {
        var (frames, side, channels) = (input.Frames, input.Side, input.Channels);
        var (inputs, groups, smaller) = (lowering.Inputs(layer, frames), layer.Groups / lowering.Groups, layer.SideOf(input.Side));
        string joined;
        if (lowering.IsWhole(layer, frames))
        {
            joined = input.Value;
            if (frames > 1)
            {
                joined = _graph.Node("Reshape", [joined, _graph.Numbers(-1, frames, side * side, groups, channels / groups)]);
                joined = _graph.Node("Transpose", [joined], null, ("perm", new[] { 0, 2, 3, 1, 4 }));
            }
        }
        else
        {
            // 0 is every map's zero point here: these are results of a ReLU.
            var padded = _graph.Pad(Clips(input), 1, layer.Taps / 2, 5, _graph.Constant<byte>($"{layer.Name}.padding", [_of[input.Value].Zero]));
            var step = lowering.Frames * layer.TimeStride;
            var chunks = layer.FramesOf(frames) / lowering.Frames;
            joined = _graph.Node("Concat", Enumerable.Range(0, inputs).Select(i => _graph.Node(
                "Reshape", [_graph.Slice(padded, 1, i, i + ((chunks - 1) * step) + 1, step), _graph.Numbers(-1, side, side, groups, channels / groups)])), null, ("axis", 4));
        }
        joined = _graph.Node("Reshape", [joined, _graph.Numbers(-1, side, side, inputs * channels)]);
        var value = Convolution(
            joined, _of[input.Value], layer.Name, lowering.Lower(layer, frames), groups, [layer.Stride, layer.Stride], layer.Kernel / 2, result);
        return Apart(value, layer, lowering, groups, smaller, input);
    }

    // Channels [group, output frame, channel of the group] to frames of channels.
    private string Apart(string value, ConvolutionLayer layer, FrameLowering lowering, int groups, int side, GraphMap input)
    {
        if (lowering.Frames > 1)
        {
            value = _graph.Node("Reshape", [value, _graph.Numbers(-1, side * side, groups, lowering.Frames, layer.Outputs / groups)]);
            value = _graph.Node("Transpose", [value], null, ("perm", new[] { 0, 3, 1, 2, 4 }));
        }
        return Flat(value, input.After(value, layer));
    }

    /// <summary>
    /// From the clip's bytes. The mean is not subtracted but taken from the bias, and what lies around the clip has the mean's colour, as 0 has where it is
    /// subtracted. Frames become channels once, and each convolution takes a row of them: 8 frames of 3 channels are 24, a multiple of the 4 that the kernels want.
    /// </summary>
    private string Stem(GraphMap clip, ConvolutionLayer layer, FrameLowering lowering, Quantization result)
    {
        var (frames, channels, border) = (clip.Frames, clip.Channels, layer.Kernel / 2);
        var whole = lowering.IsWhole(layer, frames);
        var inputs = lowering.Inputs(layer, frames);
        var spare = Enumerable.Range(0, 4).First(n => (inputs + n) * channels % 4 == 0);
        var chunks = layer.FramesOf(frames) / lowering.Frames;
        var (before, after) = whole ? (0, spare) : (border, border + spare);
        var side = clip.Side + (2 * border);

        var x = Bordered(clip, border, out var count, out var colour);
        x = Around(x, count, colour, 1, before, after, [0, side, side, channels]);
        x = _graph.Node("Reshape", [x, _graph.Numbers(-1, before + frames + after, side * side, channels)]);
        x = _graph.Node("Transpose", [x], null, ("perm", new[] { 0, 2, 1, 3 }));
        x = _graph.Node("Reshape", [x, _graph.Numbers(-1, side * side, (before + frames + after) * channels)]);
        var width = (inputs + spare) * channels;
        var parts = Enumerable.Range(0, chunks).Select(i =>
        {
            var first = i * lowering.Frames * layer.TimeStride * channels;
            return _graph.Node("Reshape", [_graph.Slice(x, 2, first, first + width), _graph.Numbers(-1, 1, side * side, width)]);
        }).ToArray();
        x = _graph.Node("Reshape", [chunks == 1 ? parts[0] : _graph.Node("Concat", parts, null, ("axis", 1)), _graph.Numbers(-1, side, side, width)]);

        var lowered = Wider(lowering.Lower(layer, frames), width);
        var value = Convolution(x, new Quantization(1, 0), layer.Name, lowered, 1, [layer.Stride, layer.Stride], 0, result, ClipInput.MeanOf(_shape));
        return Apart(value, layer, lowering, 1, layer.SideOf(clip.Side), clip);
    }

    // The clip with the mean's colour around each frame.
    private string Bordered(GraphMap clip, int border, out string count, out string colour)
    {
        var (frames, channels, side) = (clip.Frames, clip.Channels, clip.Side + (2 * border));
        colour = _graph.Constant<byte>("mean", Array.ConvertAll(ClipInput.MeanOf(_shape), m => (byte)MathF.Round(m)), 1, 1, 1, 1, channels);
        count = _graph.Slice(_graph.Node("Shape", [clip.Value]), 0, 0, 1);
        var x = Around(clip.Value, count, colour, 2, border, border, [frames, border, clip.Side, channels]);
        return Around(x, count, colour, 3, border, border, [frames, side, border, channels]);
    }

    // The clip with the mean's colour along one axis, before and after; shape is that of a border of one clip, 0 for the border's own width.
    private string Around(string clip, string count, string colour, int axis, int before, int after, long[] shape)
    {
        string Border(int width)
        {
            long[] sizes = [.. shape];
            sizes[axis - 1] = width;
            return _graph.Node("Expand", [colour, _graph.Node("Concat", [count, _graph.Numbers(sizes)], null, ("axis", 0))]);
        }

        if (before == 0 && after == 0)
            return clip;
        var last = Border(after);
        return _graph.Node("Concat", before == 0 ? [clip, last] : [before == after ? last : Border(before), clip, last], null, ("axis", axis));
    }

    private static FoldedConvolution Wider(FoldedConvolution folded, int columns)
    {
        var (rows, narrow, pixels) = ((int)folded.Shape[0], (int)folded.Shape[1], (int)(folded.Shape[2] * folded.Shape[3]));
        var weight = new float[rows * columns * pixels];
        for (var row = 0; row < rows; row++)
            folded.Weight.AsSpan(row * narrow * pixels, narrow * pixels).CopyTo(weight.AsSpan(row * columns * pixels));
        return new FoldedConvolution(weight, [rows, columns, .. folded.Shape[2..]], folded.Bias);
    }

    private string Convolution(
        string input, Quantization of, string name, FoldedConvolution folded, int groups, int[] strides, int padding, Quantization result, float[]? mean = null, (int First, int Count)? seen = null) =>
        QuantizedConvolution.Round(folded, of, mean, seen).Write(_graph, name, input, of, groups, strides, padding, result);

    private GraphMap Map(GraphMap map, string value, Quantization of)
    {
        _of[value] = of;
        return map with { Value = value };
    }

    private string[] Quantized(GraphMap map) => [map.Value, .. _of[map.Value].Constants(_graph)];

    private string Clips(GraphMap map) => _graph.Node("Reshape", [map.Value, _graph.Numbers(-1, map.Frames, map.Side, map.Side, map.Channels)]);

    private string Flat(string clips, GraphMap map) => _graph.Node("Reshape", [clips, _graph.Numbers(1, -1, map.Side, map.Side, map.Channels)]);
}
