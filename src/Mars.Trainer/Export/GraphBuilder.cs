using System.Runtime.InteropServices;
using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export.Onnx;
using Mars.Trainer.Networks;

namespace Mars.Trainer.Export;

/// <summary>Puts an ONNX graph together node by node. Each method returns the name of the value it makes.</summary>
internal sealed class GraphBuilder
{
    private const int IrVersion = 8;
    private const int Opset = 17;

    private readonly GraphProto _graph;
    private int _values;
    private readonly bool _half;
    private bool _ofRuntime;

    /// <param name="name">Of the graph.</param>
    /// <param name="half">Whether convolutions compute in float16.</param>
    public GraphBuilder(string name, bool half = false)
    {
        _graph = new GraphProto { Name = name };
        _half = half;
    }

    /// <summary>Declares an input. A dimension that is text may have any size.</summary>
    public string Input(string name, TensorProto.Types.DataType type, params ReadOnlySpan<object> dimensions)
    {
        _graph.Input.Add(Value(name, type, dimensions));
        return name;
    }

    /// <summary>Declares an existing value as a float output.</summary>
    public void Output(string name, params ReadOnlySpan<object> dimensions) =>
        _graph.Output.Add(Value(name, TensorProto.Types.DataType.Float, dimensions));

    /// <summary>Declares an existing value of bytes as an output.</summary>
    public void OutputBytes(string name, params ReadOnlySpan<object> dimensions) =>
        _graph.Output.Add(Value(name, TensorProto.Types.DataType.Uint8, dimensions));

    /// <summary>Adds a tensor that is part of the file.</summary>
    /// <param name="name">Of the value.</param>
    /// <param name="values">All of them, the last dimension fastest; float, Half, sbyte, byte, int or long.</param>
    /// <param name="shape">Of the tensor; empty for a single number.</param>
    public string Constant<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TypeOf<T>() };
        tensor.Dims.AddRange(shape.ToArray());
        // raw_data is little-endian, as is every machine that .NET and libtorch run on.
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        _graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>A list of whole numbers, as shapes, axes and steps are given.</summary>
    public string Numbers(params ReadOnlySpan<long> values) => Constant($"n{++_values}", values, values.Length);

    /// <summary>A single number.</summary>
    public string Number<T>(T value)
        where T : unmanaged => Constant<T>($"n{++_values}", [value]);

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">ONNX's name of it.</param>
    /// <param name="inputs">Names of values.</param>
    /// <param name="output">Name of the result; null makes one up.</param>
    /// <param name="attributes">Whole numbers, lists of them, as the operation's documentation names them.</param>
    public string Node(string operation, IEnumerable<string> inputs, string? output = null, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Add(string.Empty, operation, inputs, output, attributes);

    /// <summary>The same for an operation of ONNX Runtime's own, domain com.microsoft.</summary>
    public string RuntimeNode(string operation, IEnumerable<string> inputs, string? output = null, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        _ofRuntime = true;
        return Add("com.microsoft", operation, inputs, output, attributes);
    }

    private string Add(string domain, string operation, IEnumerable<string> inputs, string? output, ReadOnlySpan<(string Name, object Value)> attributes)
    {
        output ??= $"v{++_values}";
        var node = new NodeProto { OpType = operation, Domain = domain, Name = $"{operation}_{output}" };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        _graph.Node.Add(node);
        return output;
    }

    /// <summary>A convolution with a bias, in as many dimensions as its kernel has, padded alike on all sides.</summary>
    public string Convolution(string name, string input, FoldedConvolution folded, int groups, int[] strides, int padding)
    {
        var weight = Weight($"{name}.weight", folded.Weight, folded.Shape);
        var bias = Weight($"{name}.bias", folded.Bias, folded.Bias.Length);
        var kernel = folded.Shape[2..].Select(n => (int)n).ToArray();
        return Node(
            "Conv", [input, weight, bias], null,
            ("kernel_shape", kernel), ("strides", strides), ("pads", Enumerable.Repeat(padding, kernel.Length * 2).ToArray()), ("group", groups));
    }

    /// <summary>Every <paramref name="step"/>th from <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public string Slice(string input, int axis, int from, int to, int step = 1) =>
        Node("Slice", [input, Numbers(from), Numbers(to), Numbers(axis), Numbers(step)]);

    /// <summary>Zeros, or another value, before and after along one axis.</summary>
    public string Pad(string input, int axis, int count, int rank, string? value = null)
    {
        var pads = new long[rank * 2];
        pads[axis] = pads[rank + axis] = count;
        return Node("Pad", value is null ? [input, Numbers(pads)] : [input, Numbers(pads), value]);
    }

    /// <summary>In float, whatever convolutions compute in.</summary>
    public string Single(string input) => _half ? Node("Cast", [input], null, ("to", (int)TensorProto.Types.DataType.Float)) : input;

    private string Weight(string name, float[] values, params ReadOnlySpan<long> shape) => _half
        ? Constant<Half>(name, Array.ConvertAll(values, v => (Half)v), shape)
        : Constant<float>(name, values, shape);

    /// <summary>Bytes less the clip's mean, in what convolutions compute in.</summary>
    /// <param name="input">uint8, colours anywhere.</param>
    /// <param name="shape">Of the network.</param>
    /// <param name="meanShape">Of the mean, so that it meets the colours.</param>
    public string Centred(string input, NetworkShape shape, params ReadOnlySpan<long> meanShape)
    {
        var values = Node("Cast", [input], null, ("to", (int)TensorProto.Types.DataType.Float));
        var centred = Node("Sub", [values, Constant<float>("mean", ClipInput.MeanOf(shape), meanShape)]);
        return _half ? Node("Cast", [centred], null, ("to", (int)TensorProto.Types.DataType.Float16)) : centred;
    }

    /// <summary>Declares bytes and gives them as what convolutions compute in.</summary>
    public string FloatsOfBytes(params ReadOnlySpan<object> dimensions) =>
        Node("Cast", [Input("maps", TensorProto.Types.DataType.Uint8, dimensions)], null, ("to", (int)(_half ? TensorProto.Types.DataType.Float16 : TensorProto.Types.DataType.Float)));

    /// <summary>Declares the clip, uint8 [N, frames, size, size, channels].</summary>
    public string Clip(NetworkShape shape) =>
        Input(OrtClipSession.InputName, TensorProto.Types.DataType.Uint8, "N", shape.Frames, shape.Size, shape.Size, shape.InputChannels);

    public ModelProto Build()
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "Mars", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        if (_ofRuntime)
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        return model;
    }

    private static TensorProto.Types.DataType TypeOf<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Single => TensorProto.Types.DataType.Float,
        TypeCode.SByte => TensorProto.Types.DataType.Int8,
        TypeCode.Byte => TensorProto.Types.DataType.Uint8,
        TypeCode.Int32 => TensorProto.Types.DataType.Int32,
        TypeCode.Int64 => TensorProto.Types.DataType.Int64,
        _ when typeof(T) == typeof(Half) => TensorProto.Types.DataType.Float16,
        _ => throw new ArgumentException($"a tensor of {typeof(T).Name}"),
    };

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int number:
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                attribute.I = number;
                break;
            case int[] numbers:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(numbers.Select(n => (long)n));
                break;
            default:
                throw new ArgumentException($"an attribute of type {value.GetType().Name}", nameof(value));
        }
        return attribute;
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, ReadOnlySpan<object> dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(dimension is string free
                ? new TensorShapeProto.Types.Dimension { DimParam = free }
                : new TensorShapeProto.Types.Dimension { DimValue = (int)dimension });
        }
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
