using Mars.Inference.Threads;
using Microsoft.ML.OnnxRuntime;

namespace Mars.Inference.Sessions;

/// <summary>Receives an output of a run; the values are valid during the call only.</summary>
/// <param name="output">Its place in <see cref="OrtGraph.Outputs"/>.</param>
/// <param name="values">All of them, the last dimension fastest.</param>
public delegate void GraphOutput(int output, ReadOnlySpan<float> values);

/// <summary>Any graph of one input and float outputs, on the CPU: a part of a network to be timed, one that shows its layers, one to be profiled. Not for serving.</summary>
public sealed class OrtGraph : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string _input;
    private readonly long[] _shape;

    private OrtGraph(InferenceSession session)
    {
        _session = session;
        var (name, metadata) = session.InputMetadata.Single();
        _input = name;
        _shape = [.. metadata.Dimensions.Select(d => Math.Max(d, 1L))];
        Outputs = [.. session.OutputMetadata.Keys];
    }

    /// <summary>Values of the input, one clip.</summary>
    public int InputLength => checked((int)_shape.Aggregate((a, b) => a * b));

    /// <summary>Names.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <param name="model">An ONNX file's bytes.</param>
    /// <param name="threads">Of a run; 0 means one for each core.</param>
    /// <param name="profile">Where a profile is to be written, or null.</param>
    /// <exception cref="InvalidDataException">ONNX Runtime does not take it.</exception>
    public static OrtGraph Load(byte[] model, int threads = 0, string? profile = null)
    {
        using var options = new SessionOptions { IntraOpNumThreads = CpuBudget.Or(threads), LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.force_spinning_stop", "1"); // several graphs may run in turn, and none waits on the cores of another
        if (profile is not null)
        {
            options.ProfileOutputPathPrefix = profile;
            options.EnableProfiling = true;
        }
        try
        {
            return new OrtGraph(new InferenceSession(model, options));
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"the graph does not load: {exception.Message}", exception);
        }
    }

    /// <summary>Runs one clip.</summary>
    /// <param name="input"><see cref="InputLength"/> values: bytes where the graph takes uint8, floats where it takes those.</param>
    /// <param name="output">Called for each output, in order; null where none is wanted.</param>
    public void Run<T>(T[] input, GraphOutput? output = null)
        where T : unmanaged
    {
        using var value = OrtValue.CreateTensorValueFromMemory(input, _shape);
        using var results = _session.Run(_options, [_input], [value], Outputs);
        for (var i = 0; output is not null && i < results.Count; i++)
            output(i, results[i].GetTensorDataAsSpan<float>());
    }

    /// <summary>Ends the profile and returns its path.</summary>
    public string EndProfiling() => _session.EndProfiling();

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }
}
