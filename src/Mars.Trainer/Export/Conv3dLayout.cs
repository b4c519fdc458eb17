using Mars.Trainer.Networks;

namespace Mars.Trainer.Export;

/// <summary>Maps [N, channels, frames, height, width] and 3D convolutions.</summary>
internal sealed class Conv3dLayout(GraphBuilder graph, NetworkShape shape) : IGraphLayout
{
    public GraphMap Input()
    {
        var centred = graph.Centred(graph.Clip(shape), shape, shape.InputChannels);
        return new GraphMap(graph.Node("Transpose", [centred], null, ("perm", new[] { 0, 4, 1, 2, 3 })), shape.Frames, shape.Size, shape.InputChannels);
    }

    public GraphMap InputMaps(GraphMap like) => like with { Value = graph.FloatsOfBytes("N", like.Channels, like.Frames, like.Side, like.Side) };

    public GraphMap Convolve(GraphMap input, ConvolutionLayer layer, bool relu)
    {
        var value = graph.Convolution(layer.Name, input.Value, layer.Folded, layer.Groups, [layer.TimeStride, layer.Stride, layer.Stride], layer.Kernel / 2);
        return input.After(relu ? graph.Node("Relu", [value]) : value, layer);
    }

    public GraphMap MaxPool(GraphMap input) => input.AfterPool(
        graph.Node("MaxPool", [input.Value], null, ("kernel_shape", new[] { 3, 3, 3 }), ("strides", new[] { 2, 2, 2 }), ("pads", new[] { 1, 1, 1, 1, 1, 1 })));

    public GraphMap Add(GraphMap block, GraphMap shortcut, string name) => block with { Value = graph.Node("Relu", [graph.Node("Add", [block.Value, shortcut.Value])]) };

    public string Mean(GraphMap input, string output) => graph.Node("Flatten", [graph.Single(graph.Node("GlobalAveragePool", [input.Value]))], output, ("axis", 1));

    public string Positions(GraphMap input) => graph.Node("Reshape", [graph.Single(input.Value), graph.Numbers(-1, input.Channels, input.Positions)]);
}
