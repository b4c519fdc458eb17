using Mars.Inference.Sessions;
using Mars.Trainer.Export.Onnx;
using Mars.Trainer.Networks;
using TorchSharp.Modules;

namespace Mars.Trainer.Export;

/// <summary>
/// A ResNeXt3D as an ONNX graph: input `clip` uint8 [N, frames, size, size, 3] RGB; cast, mean and layout inside; batch norms folded into convolutions;
/// outputs `features` [N, C] and `logits` [N, classes]. N may be anything.
/// </summary>
internal sealed class NetworkGraph
{
    private readonly GraphBuilder _graph = new("mars");
    private readonly ResNeXt3D _network;

    private NetworkGraph(ResNeXt3D network)
    {
        _network = network;
    }

    public static ModelProto Build(ResNeXt3D network) => new NetworkGraph(network).Build();

    private ModelProto Build()
    {
        var shape = _network.Shape;
        var x = Input(shape);
        x = Relu(Convolution("conv1", x, _network.Conv1, _network.Bn1, [1, 2, 2], 3));
        x = _graph.Node("MaxPool", [x], null, ("kernel_shape", new[] { 3, 3, 3 }), ("strides", new[] { 2, 2, 2 }), ("pads", new[] { 1, 1, 1, 1, 1, 1 }));
        for (var stage = 0; stage < _network.Stages.Count; stage++)
        {
            for (var block = 0; block < _network.Stages[stage].Count; block++)
                x = Block($"layer{stage + 1}.{block}", x, _network.Stages[stage][block]);
        }
        var (time, side) = ResNeXt3D.PoolOf(shape);
        x = _graph.Node("AveragePool", [x], null, ("kernel_shape", new[] { time, side, side }), ("strides", new[] { 1, 1, 1 }));
        var features = _graph.Node("Flatten", [x], OrtClipSession.FeaturesName, ("axis", 1));
        var weight = _graph.Constant("fc.weight", Values(_network.Fc.weight!), shape.Classes, shape.Features);
        var bias = _graph.Constant("fc.bias", Values(_network.Fc.bias!), shape.Classes);
        _graph.Node("Gemm", [features, weight, bias], OrtClipSession.LogitsName, ("transB", 1));
        _graph.Output(OrtClipSession.LogitsName, "N", shape.Classes);
        _graph.Output(OrtClipSession.FeaturesName, "N", shape.Features);
        return _graph.Build();
    }

    private string Input(NetworkShape shape)
    {
        var clip = _graph.Input(OrtClipSession.InputName, TensorProto.Types.DataType.Uint8, "N", shape.Frames, shape.Size, shape.Size, 3);
        var values = _graph.Node("Cast", [clip], null, ("to", (int)TensorProto.Types.DataType.Float));
        var mean = _graph.Constant("mean", ClipInput.RgbMean.ToArray(), 3);
        return _graph.Node("Transpose", [_graph.Node("Sub", [values, mean])], null, ("perm", new[] { 0, 4, 1, 2, 3 }));
    }

    private string Block(string name, string input, Bottleneck block)
    {
        int[] one = [1, 1, 1], stride = [block.Stride, block.Stride, block.Stride];
        var shortcut = block.ShortcutConv is { } projection
            ? Convolution($"{name}.downsample", input, projection, block.ShortcutBn!, stride, 0)
            : input;
        var x = Relu(Convolution($"{name}.conv1", input, block.Conv1, block.Bn1, one, 0));
        x = Relu(Convolution($"{name}.conv2", x, block.Conv2, block.Bn2, stride, 1));
        x = Convolution($"{name}.conv3", x, block.Conv3, block.Bn3, one, 0);
        return Relu(_graph.Node("Add", [x, shortcut]));
    }

    private string Convolution(string name, string input, Conv3d convolution, BatchNorm3d norm, int[] strides, int padding)
    {
        var folded = FoldedConvolution.From(convolution, norm);
        var weight = _graph.Constant($"{name}.weight", folded.Weight, folded.Shape);
        var bias = _graph.Constant($"{name}.bias", folded.Bias, folded.Bias.Length);
        var kernel = folded.Shape[2..].Select(n => (int)n).ToArray();
        return _graph.Node(
            "Conv", [input, weight, bias], null,
            ("kernel_shape", kernel), ("strides", strides), ("pads", Enumerable.Repeat(padding, 6).ToArray()), ("group", (int)convolution.groups));
    }

    private string Relu(string input) => _graph.Node("Relu", [input]);

    private static float[] Values(Parameter parameter)
    {
        using var copy = parameter.detach().cpu().contiguous();
        return copy.data<float>().ToArray();
    }
}
