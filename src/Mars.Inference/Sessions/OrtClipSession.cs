using Mars.Inference.Threads;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Mars.Inference.Sessions;

/// <summary>
/// A model package's graph in ONNX Runtime. Input uint8 [N, length, size, size, channels], outputs `logits` [N, classes] and `features` [N, features].
/// Inputs and outputs lie in pinned buffers; a run allocates nothing.
/// </summary>
public sealed class OrtClipSession : IClipSession
{
    public const string InputName = "clip";
    public const string LogitsName = "logits";
    public const string FeaturesName = "features";

    /// <summary>Of graphs that say where they see a class: [N, classes, time, height, width]. Never asked for here: <see cref="ActivationMapper"/> does.</summary>
    public const string ActivationMapsName = "activation_maps";

    private readonly IGraphRunner _runner;
    private readonly ClipBuffers _buffers;

    private OrtClipSession(IGraphRunner runner, ClipBuffers buffers, ExecutionProvider provider, bool usesCudaGraphs, bool hasActivationMaps)
    {
        _runner = runner;
        _buffers = buffers;
        Provider = provider;
        UsesCudaGraphs = usesCudaGraphs;
        HasActivationMaps = hasActivationMaps;
    }

    /// <inheritdoc/>
    public ClipShape Shape => _buffers.Shape;

    /// <inheritdoc/>
    public int MaxBatch => _buffers.MaxBatch;

    /// <inheritdoc/>
    public ExecutionProvider Provider { get; }

    /// <summary>Each size of batch is recorded as one CUDA graph.</summary>
    public bool UsesCudaGraphs { get; }

    /// <summary>The graph can say where it sees a class, if asked by an <see cref="ActivationMapper"/>.</summary>
    public bool HasActivationMaps { get; }

    /// <summary>Loads a graph and checks that it is one of ours.</summary>
    /// <param name="graph">Path of model.onnx.</param>
    /// <param name="length">Frames of a clip, by the manifest.</param>
    /// <param name="size">Side of a frame in pixels, by the manifest.</param>
    /// <param name="settings">How it is to run.</param>
    /// <exception cref="InvalidDataException">The graph's inputs or outputs are not those of a MARS network.</exception>
    /// <exception cref="ProviderUnavailableException">The execution provider cannot run here.</exception>
    public static OrtClipSession Load(string graph, int length, int size, SessionSettings settings)
    {
        var (session, provider, cudaGraphs) = Open(graph, settings);
        InferenceSession? apart = null;
        try
        {
            var buffers = new ClipBuffers(ReadShape(session, length, size), settings.MaxBatch);
            if (provider != ExecutionProvider.Cpu)
                return new OrtClipSession(new CudaRunner(session, settings.DeviceId, cudaGraphs, buffers), buffers, provider, cudaGraphs, MapsOf(session));
            var threads = CpuBudget.Or(settings.Threads);
            if (threads > 1 && settings.MaxBatch > 1)
                (apart, _, _) = Open(graph, settings with { Provider = ExecutionProvider.Cpu, Threads = 1 });
            return new OrtClipSession(new CpuRunner(session, apart, threads, buffers), buffers, provider, usesCudaGraphs: false, MapsOf(session));
        }
        catch
        {
            session.Dispose();
            apart?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _buffers.Clips.Span.Slice(index * Shape.ClipBytes, Shape.ClipBytes);

    /// <inheritdoc/>
    public void Run(int batch) => _runner.Run(batch);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int index) => _buffers.Logits.Span.Slice(index * Shape.Classes, Shape.Classes);

    /// <summary>The pooled feature of clip <paramref name="index"/> of the last run; valid until the next.</summary>
    public ReadOnlySpan<float> Features(int index) => _buffers.Features.Span.Slice(index * Shape.Features, Shape.Features);

    /// <inheritdoc/>
    public void WarmUp() => _runner.WarmUp();

    public void Dispose()
    {
        _runner.Dispose();
        _buffers.Dispose(); // a camera may remember the model with which its stream began
    }

    private static (InferenceSession Session, ExecutionProvider Provider, bool CudaGraphs) Open(string graph, SessionSettings settings)
    {
        try
        {
            return OrtProviders.Open(graph, settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"{Path.GetFileName(graph)} does not load: {exception.Message}", exception);
        }
    }

    internal static bool MapsOf(InferenceSession session) =>
        session.OutputMetadata.TryGetValue(ActivationMapsName, out var output) && output.Dimensions.Length == 5 && output.ElementType == typeof(float);

    private static ClipShape ReadShape(InferenceSession session, int length, int size)
    {
        if (!session.InputMetadata.TryGetValue(InputName, out var input) || input.ElementDataType != TensorElementType.UInt8
            || !input.Dimensions.AsSpan(1..^1).SequenceEqual([length, size, size]) || input.Dimensions[^1] is not (2 or 3))
        {
            throw new InvalidDataException($"the graph's input is not '{InputName}': uint8 [N, {length}, {size}, {size}, 3], or 2 of a flow stream");
        }
        return new ClipShape(length, size, Width(session, LogitsName), Width(session, FeaturesName), input.Dimensions[^1]);
    }

    internal static int Width(InferenceSession session, string name) =>
        session.OutputMetadata.TryGetValue(name, out var output) && output.Dimensions is [_, > 0 and var width] && output.ElementType == typeof(float)
            ? width
            : throw new InvalidDataException($"the graph's output '{name}' is not float32 [N, count]");
}
