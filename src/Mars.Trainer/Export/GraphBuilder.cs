using System.Runtime.InteropServices;
using Google.Protobuf;
using Mars.Trainer.Export.Onnx;

namespace Mars.Trainer.Export;

/// <summary>Puts an ONNX graph together node by node. It knows the format and no network; each method returns the name of the value it makes.</summary>
internal sealed class GraphBuilder
{
    private const int IrVersion = 8;
    private const int Opset = 17;

    private readonly GraphProto _graph;
    private int _values;

    public GraphBuilder(string name)
    {
        _graph = new GraphProto { Name = name };
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

    /// <summary>Adds a tensor that is part of the file.</summary>
    /// <param name="name">Of the value.</param>
    /// <param name="values">All of them, the last dimension fastest.</param>
    /// <param name="shape">Of the tensor.</param>
    /// <param name="half">In float16 and not in float.</param>
    public string Constant(string name, ReadOnlySpan<float> values, ReadOnlySpan<long> shape, bool half = false)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)(half ? TensorProto.Types.DataType.Float16 : TensorProto.Types.DataType.Float) };
        tensor.Dims.AddRange(shape.ToArray());
        // raw_data is little-endian, as is every machine that .NET and libtorch run on.
        if (half)
        {
            var halves = new Half[values.Length];
            for (var i = 0; i < halves.Length; i++)
                halves[i] = (Half)values[i];
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(halves.AsSpan()));
        }
        else
        {
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        }
        _graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">ONNX's name of it.</param>
    /// <param name="inputs">Names of values.</param>
    /// <param name="output">Name of the result; null makes one up.</param>
    /// <param name="attributes">Whole numbers, lists of them, as the operation's documentation names them.</param>
    public string Node(string operation, IEnumerable<string> inputs, string? output = null, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        output ??= $"v{++_values}";
        var node = new NodeProto { OpType = operation, Name = $"{operation}_{output}" };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        _graph.Node.Add(node);
        return output;
    }

    public ModelProto Build()
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "Mars", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        return model;
    }

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
