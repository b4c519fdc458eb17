using Microsoft.ML.OnnxRuntime;

namespace Mars.Inference.Sessions;

/// <summary>
/// A graph's class activation maps (Zhou et al., CVPR 2016): where in a clip each class is seen. Apart from the sessions that serve, on one core, and loaded when first
/// asked for: nobody who does not look pays for it. Any thread; one clip at a time.
/// </summary>
public sealed class ActivationMapper : IDisposable
{
    private static readonly string[] Inputs = [OrtClipSession.InputName];
    private static readonly string[] Outputs = [OrtClipSession.LogitsName, OrtClipSession.ActivationMapsName];

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly Lock _lock = new();

    private ActivationMapper(InferenceSession session) => _session = session;

    /// <summary>Loads a graph.</summary>
    /// <param name="graph">Path of model.onnx.</param>
    /// <exception cref="InvalidDataException">It does not load, or has no output of that name.</exception>
    public static ActivationMapper Load(string graph)
    {
        InferenceSession session;
        try
        {
            (session, _, _) = OrtProviders.Open(graph, new SessionSettings { Threads = 1, MaxBatch = 1 });
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"{Path.GetFileName(graph)} does not load: {exception.Message}", exception);
        }
        if (OrtClipSession.MapsOf(session))
            return new ActivationMapper(session);
        session.Dispose();
        throw new InvalidDataException($"{Path.GetFileName(graph)} has no output '{OrtClipSession.ActivationMapsName}': export the model again");
    }

    /// <summary>The maps of all classes for one clip, and its logits.</summary>
    /// <param name="clip">uint8 [length, size, size, channels].</param>
    public ClassMaps Run(byte[] clip)
    {
        lock (_lock)
        {
            long[] shape = [1, .. _session.InputMetadata[OrtClipSession.InputName].Dimensions[1..].Select(d => (long)d)];
            using var input = OrtValue.CreateTensorValueFromMemory(clip, shape);
            using var outputs = _session.Run(_options, Inputs, [input], Outputs);
            var dimensions = outputs[1].GetTensorTypeAndShape().Shape;
            return new ClassMaps(outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<float>().ToArray(), (int)dimensions[2], (int)dimensions[3], (int)dimensions[4]);
        }
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }
}
