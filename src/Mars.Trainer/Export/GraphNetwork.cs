using System.Runtime.InteropServices;
using System.Text.Json;
using Mars.Trainer.Export.Onnx;
using Mars.Trainer.Networks;

namespace Mars.Trainer.Export;

/// <summary>The network that a graph of ours was written from: its shape and lowerings lie in the file's metadata, its weights among the initializers.</summary>
internal static class GraphNetwork
{
    private const string ShapeKey = "mars.network";
    private const string PlanKey = "mars.lowering";

    /// <summary>Writes what <see cref="Read"/> needs beside the weights.</summary>
    /// <param name="model">A graph of <see cref="NetworkGraph"/>.</param>
    /// <param name="shape">Of its network.</param>
    /// <param name="plan">By which it was lowered; null for a graph with 3D convolutions.</param>
    public static void Describe(ModelProto model, NetworkShape shape, LoweringPlan? plan)
    {
        Set(model, ShapeKey, JsonSerializer.Serialize(shape, JsonSerializerOptions.Web));
        if (plan is not null)
            Set(model, PlanKey, JsonSerializer.Serialize(plan.Layers, JsonSerializerOptions.Web));
    }

    /// <exception cref="InvalidDataException">The file is no float graph that this trainer wrote.</exception>
    public static InferenceNetwork Read(string path)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        }
        catch (Google.Protobuf.InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"{path} is not an ONNX file: {exception.Message}", exception);
        }
        var shape = Get<NetworkShape>(model, ShapeKey)
            ?? throw new InvalidDataException($"{path} does not say which network it holds: export it again from its checkpoint, this trainer writes that down");
        var plan = Get<Dictionary<string, FrameLowering>>(model, PlanKey);
        var tensors = model.Graph.Initializer.ToDictionary(t => t.Name);
        InferenceNetwork skeleton;
        using (var network = new ResNeXt3D(shape))
            skeleton = InferenceNetwork.From(network);
        var placed = skeleton.Placed().ToDictionary(p => p.Layer.Name, p => p.Input.Frames);

        ConvolutionLayer Filled(ConvolutionLayer layer)
        {
            var (weight, bias) = (tensors.GetValueOrDefault($"{layer.Name}.weight"), tensors.GetValueOrDefault($"{layer.Name}.bias"));
            if (weight is null || bias is null)
                throw new InvalidDataException($"{path} has no weights of {layer.Name}");
            var folded = new FoldedConvolution(Floats(path, weight), [.. weight.Dims], Floats(path, bias));
            if (plan is not null && plan.TryGetValue(layer.Name, out var lowering))
                return layer with { Folded = lowering.Raise(layer, placed[layer.Name], folded) };
            if (folded.Weight.Length != layer.Folded.Weight.Length)
                throw new InvalidDataException($"{path}: {layer.Name} has {folded.Weight.Length} weights and not {layer.Folded.Weight.Length}");
            return layer with { Folded = folded with { Shape = layer.Folded.Shape } };
        }

        return skeleton with
        {
            Stem = Filled(skeleton.Stem),
            Blocks = [.. skeleton.Blocks.Select(b => b with { Reduce = Filled(b.Reduce), Grouped = Filled(b.Grouped), Expand = Filled(b.Expand), Shortcut = b.Shortcut is { } s ? Filled(s) : null })],
            ClassWeight = Floats(path, tensors["fc.weight"]),
            ClassBias = Floats(path, tensors["fc.bias"]),
        };
    }

    private static float[] Floats(string path, TensorProto tensor) => tensor.DataType == (int)TensorProto.Types.DataType.Float
        ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray()
        : throw new InvalidDataException($"{path} is not a float32 graph: give the package that was exported with --precision fp32");

    private static void Set(ModelProto model, string key, string value) => model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });

    private static T? Get<T>(ModelProto model, string key)
        where T : class => model.MetadataProps.FirstOrDefault(p => p.Key == key) is { } entry ? JsonSerializer.Deserialize<T>(entry.Value, JsonSerializerOptions.Web) : null;
}
