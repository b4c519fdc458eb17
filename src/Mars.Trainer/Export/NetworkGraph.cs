using Mars.Inference.Sessions;
using Mars.Trainer.Export.Onnx;
using Mars.Trainer.Networks;
using TorchSharp.Modules;

namespace Mars.Trainer.Export;

/// <summary>
/// A ResNeXt3D as an ONNX graph: input `clip` uint8 [N, frames, size, size, 3] RGB, or 2 channels of flow; cast, mean and layout inside; batch norms folded into
/// convolutions; outputs `features` [N, C] and `logits` [N, classes], float whatever the precision of the convolutions. N may be anything.
/// </summary>
internal sealed class NetworkGraph
{
    private readonly GraphBuilder _graph = new("mars");
    private readonly ResNeXt3D _network;

    private readonly bool _half;

    private NetworkGraph(ResNeXt3D network, bool half) => (_network, _half) = (network, half);

    /// <param name="network">Trained.</param>
    /// <param name="half">Convolutions in float16, for GPUs. ONNX Runtime on a CPU computes them in float all the same.</param>
    public static ModelProto Build(ResNeXt3D network, bool half = false) => new NetworkGraph(network, half).Build();

    private ModelProto Build()
    {
        var shape = _network.Shape;
        var x = Input(shape);
        x = Relu(Convolution("conv1", x, FoldedConvolution.From(_network.Conv1, _network.Bn1), 1, [1, 2, 2], 3));
        x = _graph.Node("MaxPool", [x], null, ("kernel_shape", new[] { 3, 3, 3 }), ("strides", new[] { 2, 2, 2 }), ("pads", new[] { 1, 1, 1, 1, 1, 1 }));
        for (var stage = 0; stage < _network.Stages.Count; stage++)
        {
            for (var block = 0; block < _network.Stages[stage].Count; block++)
                x = Block($"layer{stage + 1}.{block}", x, _network.Stages[stage][block]);
        }
        var (time, side) = ResNeXt3D.PoolOf(shape);
        x = _graph.Node("AveragePool", [x], null, ("kernel_shape", new[] { time, side, side }), ("strides", new[] { 1, 1, 1 }));
        if (_half)
            x = _graph.Node("Cast", [x], null, ("to", (int)TensorProto.Types.DataType.Float));
        var features = _graph.Node("Flatten", [x], OrtClipSession.FeaturesName, ("axis", 1));
        var weight = _graph.Constant("fc.weight", Values(_network.Fc.weight!), [shape.Classes, shape.Features]);
        var bias = _graph.Constant("fc.bias", Values(_network.Fc.bias!), [shape.Classes]);
        _graph.Node("Gemm", [features, weight, bias], OrtClipSession.LogitsName, ("transB", 1));
        _graph.Output(OrtClipSession.LogitsName, "N", shape.Classes);
        _graph.Output(OrtClipSession.FeaturesName, "N", shape.Features);
        return _graph.Build();
    }

    private string Input(NetworkShape shape)
    {
        var clip = _graph.Input(OrtClipSession.InputName, TensorProto.Types.DataType.Uint8, "N", shape.Frames, shape.Size, shape.Size, shape.InputChannels);
        var values = _graph.Node("Cast", [clip], null, ("to", (int)TensorProto.Types.DataType.Float));
        var mean = _graph.Constant("mean", shape.InputChannels == 2 ? [ClipInput.FlowMean, ClipInput.FlowMean] : ClipInput.RgbMean.ToArray(), [shape.InputChannels]);
        var centred = _graph.Node("Sub", [values, mean]);
        if (_half)
            centred = _graph.Node("Cast", [centred], null, ("to", (int)TensorProto.Types.DataType.Float16));
        return _graph.Node("Transpose", [centred], null, ("perm", new[] { 0, 4, 1, 2, 3 }));
    }

    private string Block(string name, string input, Bottleneck block)
    {
        int[] one = [1, 1, 1], stride = [block.Stride, block.Stride, block.Stride];
        var shortcut = input;
        if (block.ShortcutConv is { } projection)
            shortcut = Convolution($"{name}.downsample", input, FoldedConvolution.From(projection, block.ShortcutBn!), 1, stride, 0);
        else if (block.Stride > 1 || block.MissingChannels > 0)
            shortcut = Convolution($"{name}.downsample", input, FoldedConvolution.Identity((int)block.Conv1.in_channels, (int)block.Conv3.out_channels), 1, stride, 0);
        var x = Relu(Convolution($"{name}.conv1", input, FoldedConvolution.From(block.Conv1, block.Bn1), 1, one, 0));
        x = Relu(Convolution($"{name}.conv2", x, FoldedConvolution.From(block.Conv2, block.Bn2), (int)block.Conv2.groups, stride, 1));
        x = Convolution($"{name}.conv3", x, FoldedConvolution.From(block.Conv3, block.Bn3), 1, one, 0);
        return Relu(_graph.Node("Add", [x, shortcut]));
    }

    private string Convolution(string name, string input, FoldedConvolution folded, int groups, int[] strides, int padding)
    {
        var weight = _graph.Constant($"{name}.weight", folded.Weight, folded.Shape, _half);
        var bias = _graph.Constant($"{name}.bias", folded.Bias, [folded.Bias.Length], _half);
        var kernel = folded.Shape[2..].Select(n => (int)n).ToArray();
        return _graph.Node(
            "Conv", [input, weight, bias], null,
            ("kernel_shape", kernel), ("strides", strides), ("pads", Enumerable.Repeat(padding, 6).ToArray()), ("group", groups));
    }

    private string Relu(string input) => _graph.Node("Relu", [input]);

    private static float[] Values(Parameter parameter)
    {
        using var copy = parameter.detach().cpu().contiguous();
        return copy.data<float>().ToArray();
    }
}
