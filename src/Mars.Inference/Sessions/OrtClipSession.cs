using Mars.Inference.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace Mars.Inference.Sessions;

/// <summary>
/// A model package's graph in ONNX Runtime. Input uint8 [N, length, size, size, channels], outputs `logits` [N, classes] and `features` [N, features].
/// Inputs and outputs lie in pinned buffers that are made once; a run binds them by address and allocates nothing of its own.
/// </summary>
public sealed class OrtClipSession : IClipSession
{
    public const string InputName = "clip";
    public const string LogitsName = "logits";
    public const string FeaturesName = "features";

    private static readonly string[] Inputs = [InputName];
    private static readonly string[] Outputs = [LogitsName, FeaturesName];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly PinnedBuffer<byte> _input;
    private readonly PinnedBuffer<float> _logits;
    private readonly PinnedBuffer<float> _features;
    private readonly OrtValue[][] _inputs;
    private readonly OrtValue[][] _outputs;

    private OrtClipSession(InferenceSession session, ExecutionProvider provider, ClipShape shape, int maxBatch)
    {
        _session = session;
        Provider = provider;
        Shape = shape;
        MaxBatch = maxBatch;
        _input = new PinnedBuffer<byte>(maxBatch * shape.ClipBytes);
        _logits = new PinnedBuffer<float>(maxBatch * shape.Classes);
        _features = new PinnedBuffer<float>(maxBatch * shape.Features);
        _inputs = new OrtValue[maxBatch + 1][];
        _outputs = new OrtValue[maxBatch + 1][];
        for (var n = 1; n <= maxBatch; n++)
        {
            _inputs[n] = [Bind(_input.Memory[..(n * shape.ClipBytes)], [n, shape.Length, shape.Size, shape.Size, shape.Channels])];
            _outputs[n] = [Bind(_logits.Memory[..(n * shape.Classes)], [n, shape.Classes]), Bind(_features.Memory[..(n * shape.Features)], [n, shape.Features])];
        }
    }

    /// <inheritdoc/>
    public ClipShape Shape { get; }

    /// <inheritdoc/>
    public int MaxBatch { get; }

    /// <summary>What really runs it.</summary>
    public ExecutionProvider Provider { get; }

    /// <summary>Loads a graph and checks that it is one of ours.</summary>
    /// <param name="graph">Path of model.onnx.</param>
    /// <param name="length">Frames of a clip, by the manifest.</param>
    /// <param name="size">Side of a frame in pixels, by the manifest.</param>
    /// <param name="settings">How it is to run.</param>
    /// <exception cref="InvalidDataException">The graph's inputs or outputs are not those of a MARS network.</exception>
    /// <exception cref="ProviderUnavailableException">The execution provider cannot run here.</exception>
    public static OrtClipSession Load(string graph, int length, int size, SessionSettings settings)
    {
        var (options, provider) = OrtProviders.Create(settings);
        using (options)
        {
            InferenceSession session;
            try
            {
                session = new InferenceSession(graph, options);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new InvalidDataException($"{Path.GetFileName(graph)} does not load: {exception.Message}", exception);
            }
            try
            {
                var shape = ReadShape(session, length, size);
                return new OrtClipSession(session, provider, shape, settings.MaxBatch);
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _input.Span.Slice(index * Shape.ClipBytes, Shape.ClipBytes);

    /// <inheritdoc/>
    public void Run(int batch) => _session.Run(_runOptions, Inputs, _inputs[batch], Outputs, _outputs[batch]);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int index) => _logits.Span.Slice(index * Shape.Classes, Shape.Classes);

    /// <summary>The pooled feature of clip <paramref name="index"/> of the last run; valid until the next.</summary>
    public ReadOnlySpan<float> Features(int index) => _features.Span.Slice(index * Shape.Features, Shape.Features);

    /// <summary>Runs every batch size once, so that the first camera does not pay for the allocations and searches of a first run.</summary>
    public void WarmUp()
    {
        for (var n = 1; n <= MaxBatch; n++)
            Run(n);
    }

    public void Dispose()
    {
        foreach (var value in _inputs.Concat(_outputs).Where(v => v is not null).SelectMany(v => v))
            value.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }

    private static ClipShape ReadShape(InferenceSession session, int length, int size)
    {
        if (!session.InputMetadata.TryGetValue(InputName, out var input) || input.ElementDataType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.UInt8
            || !input.Dimensions.AsSpan(1..^1).SequenceEqual([length, size, size]) || input.Dimensions[^1] is not (2 or 3))
        {
            throw new InvalidDataException($"the graph's input is not '{InputName}': uint8 [N, {length}, {size}, {size}, 3], or 2 of a flow stream");
        }
        return new ClipShape(length, size, Width(session, LogitsName), Width(session, FeaturesName), input.Dimensions[^1]);
    }

    private static int Width(InferenceSession session, string name) =>
        session.OutputMetadata.TryGetValue(name, out var output) && output.Dimensions is [_, > 0 and var width] && output.ElementType == typeof(float)
            ? width
            : throw new InvalidDataException($"the graph's output '{name}' is not float32 [N, count]");

    private static OrtValue Bind<T>(Memory<T> memory, long[] shape)
        where T : unmanaged => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape);
}
