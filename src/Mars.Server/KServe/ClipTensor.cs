using System.Buffers.Binary;
using Grpc.Core;
using KServe.V2;
using Mars.Inference.Sessions;
using Mars.Server.Errors;

namespace Mars.Server.KServe;

/// <summary>Clips out of the input tensor of a request: UINT8, or FP32 of the same values, 0 to 255.</summary>
internal static class ClipTensor
{
    public const string Name = "clip";
    public const string Bytes = "UINT8";
    public const string Floats = "FP32";

    private const string Shape = "inputs[0].shape";
    private const string Data = "inputs[0]";

    /// <summary>The shape that a model takes, with the number of clips before it.</summary>
    public static long[] ShapeOf(ClipShape shape, long clips) => [clips, shape.Length, shape.Size, shape.Size, shape.Channels];

    /// <summary>The clips, one after another, as the scheduler takes them.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, with the shape that is expected.</exception>
    public static (int Clips, ReadOnlyMemory<byte> Pixels) Read(ModelInferRequest request, ClipShape shape)
    {
        var expected = $"[N, {string.Join(", ", ShapeOf(shape, 0).Skip(1))}]";
        if (request.Inputs.Count != 1 || request.Inputs[0].Name != Name)
            throw RpcErrors.Invalid("inputs", $"must be one tensor named '{Name}', {Bytes} or {Floats} of shape {expected}");
        var input = request.Inputs[0];
        if (input.Datatype is not (Bytes or Floats))
            throw RpcErrors.Invalid("inputs[0].datatype", $"is '{input.Datatype}' and must be {Bytes} or {Floats}");
        var clips = input.Shape.Count > 0 ? input.Shape[0] : 0;
        if (clips is < 1 or > int.MaxValue || !input.Shape.SequenceEqual(ShapeOf(shape, clips)))
            throw RpcErrors.Invalid(Shape, $"is [{string.Join(", ", input.Shape)}] and must be {expected}: N clips of {shape.Length} frames, {shape.Size} x {shape.Size} pixels, {shape.Channels} channels");
        return ((int)clips, Pixels(request, input, clips * shape.ClipBytes));
    }

    private static ReadOnlyMemory<byte> Pixels(ModelInferRequest request, ModelInferRequest.Types.InferInputTensor input, long values)
    {
        var floats = input.Datatype == Floats;
        if (request.RawInputContents.Count > 0)
        {
            if (request.RawInputContents.Count != 1 || input.Contents is not null)
                throw RpcErrors.Invalid("raw_input_contents", "must be one for the one input, which then has no contents");
            var raw = request.RawInputContents[0];
            Check("raw_input_contents[0]", raw.Length, values * (floats ? sizeof(float) : 1), "bytes");
            return floats ? FromFloats(values, i => BinaryPrimitives.ReadSingleLittleEndian(raw.Span[(i * sizeof(float))..])) : raw.Memory;
        }
        if (floats)
        {
            var contents = input.Contents?.Fp32Contents;
            Check($"{Data}.contents.fp32_contents", contents?.Count ?? 0, values, "values");
            return FromFloats(values, i => contents![i]);
        }
        var bytes = input.Contents?.UintContents;
        Check($"{Data}.contents.uint_contents", bytes?.Count ?? 0, values, "values");
        return FromFloats(values, i => bytes![i]);
    }

    private static void Check(string field, long got, long expected, string what)
    {
        if (got != expected)
            throw RpcErrors.Invalid(field, $"has {got} {what}; the shape makes {expected}");
    }

    private static byte[] FromFloats(long count, Func<int, float> read)
    {
        var pixels = new byte[count];
        for (var i = 0; i < pixels.Length; i++)
        {
            var value = read(i);
            if (value is not (>= 0 and <= byte.MaxValue))
                throw RpcErrors.Invalid(Data, $"value {i} is {value} and must be from 0 to 255: what the mean does is inside the model");
            pixels[i] = (byte)MathF.Round(value);
        }
        return pixels;
    }
}
