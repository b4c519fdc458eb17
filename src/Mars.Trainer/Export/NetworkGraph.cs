using Mars.Inference.Sessions;
using Mars.Trainer.Export.Onnx;

namespace Mars.Trainer.Export;

/// <summary>
/// A ResNeXt3D as an ONNX graph: input `clip` uint8 [N, frames, size, size, 3] RGB, or 2 channels of flow; outputs `features` [N, C], `logits` [N, classes] and
/// `activation_maps` [N, classes, time, height, width], whose mean is the logit less its bias; float whatever the convolutions compute in. N may be anything.
/// </summary>
internal static class NetworkGraph
{
    /// <summary>The graph with 3D convolutions, as PyTorch would write it.</summary>
    /// <param name="network">What is to be computed.</param>
    /// <param name="half">Convolutions in float16, for GPUs. ONNX Runtime on a CPU computes them in float all the same.</param>
    public static ModelProto Conv3d(InferenceNetwork network, bool half = false)
    {
        var graph = new GraphBuilder("mars", half);
        return Write(network, graph, new Conv3dLayout(graph, network.Shape), null);
    }

    /// <summary>The graph with 2D convolutions over frames: the same results, faster where 2D kernels are the better ones.</summary>
    /// <param name="network">What is to be computed.</param>
    /// <param name="plan">For each convolution of more than one tap, by name.</param>
    /// <param name="half">Convolutions in float16.</param>
    public static ModelProto Frames2d(InferenceNetwork network, LoweringPlan plan, bool half = false)
    {
        var graph = new GraphBuilder("mars", half);
        return Write(network, graph, new Frames2dLayout(graph, network.Shape, plan), plan);
    }

    /// <summary>The graph in 8-bit integers, for CPUs.</summary>
    /// <param name="network">What is to be computed.</param>
    /// <param name="plan">For each convolution of more than one tap, by name.</param>
    /// <param name="range">What the result of a layer, or of a block's sum, can be; by name.</param>
    public static ModelProto Quantized(InferenceNetwork network, LoweringPlan plan, Func<string, ActivationRange> range)
    {
        var graph = new GraphBuilder("mars");
        return Write(network, graph, new QuantizedLayout(graph, network.Shape, plan, range), plan);
    }

    /// <summary>The graph with 3D convolutions, and the results of every layer and sum among its outputs.</summary>
    public static (ModelProto Model, IReadOnlyList<(string Name, string Output)> Seen) Observed(InferenceNetwork network)
    {
        var graph = new GraphBuilder("mars");
        var layout = new ObservedLayout(graph, new Conv3dLayout(graph, network.Shape));
        return (Write(network, graph, layout, null), layout.Seen);
    }

    /// <summary>The graph behind the stem: input `maps`, float [1, frames, channels, height, width] of one clip, already pooled over pixels; outputs as ever.</summary>
    /// <param name="network">What is to be computed.</param>
    /// <param name="plan">For each convolution of more than one tap, by name.</param>
    public static ModelProto Trunk(InferenceNetwork network, LoweringPlan plan)
    {
        var graph = new GraphBuilder("trunk");
        var layout = new Frames2dLayout(graph, network.Shape, plan);
        var like = StemMaps(network);
        var clip = graph.Input(StemGraphs.MapsName, TensorProto.Types.DataType.Float, 1, like.Frames, like.Channels, like.Side, like.Side);
        var maps = like with { Value = graph.Node("Reshape", [clip, graph.Numbers(-1, like.Channels, like.Side, like.Side)]) };
        return Write(network, graph, layout, layout.MaxOverFrames(maps), plan);
    }

    /// <summary>The same in 8-bit integers: input `maps`, uint8 [1, frames, height, width, channels].</summary>
    /// <param name="network">What is to be computed.</param>
    /// <param name="plan">For each convolution of more than one tap, by name.</param>
    /// <param name="range">What the result of a layer, or of a block's sum, can be; by name.</param>
    public static ModelProto QuantizedTrunk(InferenceNetwork network, LoweringPlan plan, Func<string, ActivationRange> range)
    {
        var graph = new GraphBuilder("trunk");
        var layout = new QuantizedLayout(graph, network.Shape, plan, range);
        return Write(network, graph, layout, layout.MaxOverFrames(StemMaps(network), network.Stem), plan);
    }

    private static GraphMap StemMaps(InferenceNetwork network)
    {
        var (frames, channels) = (network.Shape.Frames, network.Stem.Outputs);
        return new GraphMap(string.Empty, frames, network.Stem.SideOf(network.Shape.Size), channels).AfterPool(string.Empty) with { Frames = frames };
    }

    private static ModelProto Write(InferenceNetwork network, GraphBuilder graph, IGraphLayout layout, LoweringPlan? plan) =>
        Write(network, graph, layout, layout.MaxPool(layout.Convolve(layout.Input(), network.Stem, relu: true)), plan);

    private static ModelProto Write(InferenceNetwork network, GraphBuilder graph, IGraphLayout layout, GraphMap x, LoweringPlan? plan)
    {
        foreach (var block in network.Blocks)
        {
            var shortcut = block.Shortcut is { } fit ? layout.Convolve(x, fit, relu: false) : x;
            x = layout.Convolve(x, block.Reduce, relu: true);
            x = layout.Convolve(x, block.Grouped, relu: true);
            x = layout.Convolve(x, block.Expand, relu: false);
            x = layout.Add(x, shortcut, block.Name);
        }
        var features = layout.Mean(x, OrtClipSession.FeaturesName);
        var shape = network.Shape;
        var weight = graph.Constant<float>("fc.weight", network.ClassWeight, shape.Classes, shape.Features);
        var bias = graph.Constant<float>("fc.bias", network.ClassBias, shape.Classes);
        graph.Node("Gemm", [features, weight, bias], OrtClipSession.LogitsName, ("transB", 1));
        graph.Output(OrtClipSession.LogitsName, "N", shape.Classes);
        graph.Output(OrtClipSession.FeaturesName, "N", shape.Features);
        // The last layer at each position before the mean: where a class is seen. So few positions are left that it costs next to nothing.
        var maps = graph.Node("MatMul", [weight, layout.Positions(x)]);
        graph.Node("Reshape", [maps, graph.Numbers(-1, shape.Classes, x.Frames, x.Side, x.Side)], OrtClipSession.ActivationMapsName);
        graph.Output(OrtClipSession.ActivationMapsName, "N", shape.Classes, x.Frames, x.Side, x.Side);
        var model = graph.Build();
        GraphNetwork.Describe(model, shape, plan);
        return model;
    }
}
