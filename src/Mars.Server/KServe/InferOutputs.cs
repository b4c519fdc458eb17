using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using KServe.V2;
using Mars.Inference.Postprocessing;
using Mars.Server.Errors;

namespace Mars.Server.KServe;

/// <summary>Logits to the output tensors that a request asks for.</summary>
/// <param name="raw">In raw form, as Triton's clients want it.</param>
/// <param name="labels">Of the model.</param>
internal sealed class InferOutputs(bool raw, IReadOnlyList<string> labels)
{
    public const string Logits = "logits";
    public const string Scores = "scores";

    private const string Classification = "classification";

    /// <summary>Checks what is asked for, before anything is run.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT.</exception>
    public static void Check(ModelInferRequest request)
    {
        for (var i = 0; i < request.Outputs.Count; i++)
        {
            var output = request.Outputs[i];
            if (output.Name is not (Logits or Scores))
                throw RpcErrors.Invalid($"outputs[{i}].name", $"is '{output.Name}' and must be {Logits} or {Scores}");
            if (output.Parameters.TryGetValue(Classification, out var best) && !(best.ParameterChoiceCase == InferParameter.ParameterChoiceOneofCase.Int64Param && best.Int64Param >= 0))
                throw RpcErrors.Invalid($"outputs[{i}].parameters[{Classification}]", "must be an integer, 0 or more");
        }
    }

    /// <summary>Fills the response.</summary>
    public void Write(ModelInferRequest request, float[] logits, ModelInferResponse response)
    {
        var scores = new float[logits.Length];
        for (var start = 0; start < logits.Length; start += labels.Count)
            Softmax.Compute(logits.AsSpan(start, labels.Count), scores.AsSpan(start, labels.Count));
        if (request.Outputs.Count == 0)
        {
            Add(response, Logits, logits, best: 0);
            Add(response, Scores, scores, best: 0);
        }
        foreach (var output in request.Outputs)
        {
            var best = output.Parameters.TryGetValue(Classification, out var asked) ? (int)Math.Min(asked.Int64Param, labels.Count) : 0;
            Add(response, output.Name, output.Name == Logits ? logits : scores, best);
        }
    }

    private void Add(ModelInferResponse response, string name, float[] values, int best)
    {
        var clips = values.Length / labels.Count;
        var output = new ModelInferResponse.Types.InferOutputTensor { Name = name, Datatype = best > 0 ? "BYTES" : ClipTensor.Floats, Shape = { clips, best > 0 ? best : labels.Count } };
        response.Outputs.Add(output);
        if (best > 0)
            AddTexts(response, output, [.. Enumerable.Range(0, clips).SelectMany(c => Best(values.AsSpan(c * labels.Count, labels.Count), best))]);
        else if (raw)
            response.RawOutputContents.Add(ToBytes(values));
        else
            output.Contents = new InferTensorContents { Fp32Contents = { values } };
    }

    private void AddTexts(ModelInferResponse response, ModelInferResponse.Types.InferOutputTensor output, byte[][] texts)
    {
        if (!raw)
        {
            output.Contents = new InferTensorContents { BytesContents = { texts.Select(ByteString.CopyFrom) } };
            return;
        }
        // BYTES in raw form: each with its length before it.
        var bytes = new byte[texts.Sum(t => sizeof(int) + t.Length)];
        var at = 0;
        foreach (var text in texts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), text.Length);
            text.CopyTo(bytes, at + sizeof(int));
            at += sizeof(int) + text.Length;
        }
        response.RawOutputContents.Add(ByteString.CopyFrom(bytes));
    }

    // value:index:label, Triton's classification extension.
    private List<byte[]> Best(ReadOnlySpan<float> values, int best)
    {
        var top = new int[best];
        var count = TopK.Select(values, top);
        var texts = new List<byte[]>(count);
        for (var i = 0; i < count; i++)
            texts.Add(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{values[top[i]]:F6}:{top[i]}:{labels[top[i]]}")));
        return texts;
    }

    private static ByteString ToBytes(float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return ByteString.CopyFrom(bytes);
    }
}
