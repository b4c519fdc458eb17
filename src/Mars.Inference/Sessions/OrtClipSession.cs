using System.Diagnostics;
using Mars.Inference.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace Mars.Inference.Sessions;

/// <summary>
/// A model package's graph in ONNX Runtime. Input uint8 [N, length, size, size, channels], outputs `logits` [N, classes] and `features` [N, features].
/// Inputs and outputs lie in pinned buffers that are bound once; a run allocates nothing. On a CPU of several cores a batch runs in one of two ways, whichever was the
/// faster by what was measured when it was warmed up: as one run on all cores, best while few windows wait, or as a run a clip on a core each, which wastes no time on waiting for each other.
/// </summary>
public sealed class OrtClipSession : IClipSession
{
    public const string InputName = "clip";
    public const string LogitsName = "logits";
    public const string FeaturesName = "features";

    private const int TimedRuns = 3;

    private readonly InferenceSession _together;
    private readonly InferenceSession? _apart;
    private readonly ClipWorkers? _workers;
    private readonly RunOptions _runOptions = new();
    private readonly PinnedBuffer<byte> _input;
    private readonly PinnedBuffer<float> _logits;
    private readonly PinnedBuffer<float> _features;
    private readonly (OrtIoBinding Binding, OrtValue Input)[] _batches; // [n - 1]: the first n clips, in one run
    private readonly (OrtIoBinding Binding, OrtValue Input)[] _clips; // [i]: clip i alone
    private readonly bool[] _runApart;
    private readonly List<OrtValue> _values = [];

    private OrtClipSession(InferenceSession together, InferenceSession? apart, int threads, ExecutionProvider provider, ClipShape shape, int maxBatch)
    {
        _together = together;
        _apart = apart;
        Provider = provider;
        Shape = shape;
        MaxBatch = maxBatch;
        _input = new PinnedBuffer<byte>(maxBatch * shape.ClipBytes);
        _logits = new PinnedBuffer<float>(maxBatch * shape.Classes);
        _features = new PinnedBuffer<float>(maxBatch * shape.Features);
        _batches = [.. Enumerable.Range(1, maxBatch).Select(n => Bind(together, 0, n))];
        _clips = apart is null ? [] : [.. Enumerable.Range(0, maxBatch).Select(i => Bind(apart, i, 1))];
        _workers = apart is null ? null : new ClipWorkers(Math.Min(threads, maxBatch), clip => apart.RunWithBinding(_runOptions, _clips[clip].Binding));
        _runApart = new bool[maxBatch];
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
        var (together, provider) = Open(graph, settings);
        InferenceSession? apart = null;
        try
        {
            var shape = ReadShape(together, length, size);
            var threads = settings.Threads > 0 ? settings.Threads : Environment.ProcessorCount;
            if (provider == ExecutionProvider.Cpu && threads > 1 && settings.MaxBatch > 1)
                (apart, _) = Open(graph, settings with { Provider = ExecutionProvider.Cpu, Threads = 1 });
            return new OrtClipSession(together, apart, threads, provider, shape, settings.MaxBatch);
        }
        catch
        {
            together.Dispose();
            apart?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _input.Span.Slice(index * Shape.ClipBytes, Shape.ClipBytes);

    /// <inheritdoc/>
    public void Run(int batch)
    {
        if (_runApart[batch - 1])
        {
            _workers!.Run(batch);
            return;
        }
        var (binding, input) = _batches[batch - 1];
        // What a binding copies to a GPU it copies when it is bound, not when it is run: bound once, every batch would get the first one's answers.
        if (Provider != ExecutionProvider.Cpu)
            binding.BindInput(InputName, input);
        _together.RunWithBinding(_runOptions, binding);
        if (Provider != ExecutionProvider.Cpu)
            binding.SynchronizeBoundOutputs();
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int index) => _logits.Span.Slice(index * Shape.Classes, Shape.Classes);

    /// <summary>The pooled feature of clip <paramref name="index"/> of the last run; valid until the next.</summary>
    public ReadOnlySpan<float> Features(int index) => _features.Span.Slice(index * Shape.Features, Shape.Features);

    /// <summary>
    /// Runs what will be run, so that the first camera does not pay for the allocations and searches of a first run, and finds out which way is the faster for each
    /// size: a round of all cores with a clip each, as often as the batch needs, or all cores together as often as it has clips.
    /// </summary>
    public void WarmUp()
    {
        var together = Time(1, apart: false);
        var cores = Math.Min(_workers?.Threads ?? 1, MaxBatch);
        var round = cores > 1 ? Time(cores, apart: true) : TimeSpan.MaxValue;
        for (var n = 1; n <= MaxBatch; n++)
        {
            var rounds = (n + cores - 1) / cores;
            _runApart[n - 1] = cores > 1 && n > 1 && rounds * round < n * together;
            if (n > 1 && !_runApart[n - 1])
                Run(n);
        }
    }

    public void Dispose()
    {
        _workers?.Dispose();
        foreach (var (binding, _) in _batches.Concat(_clips))
            binding.Dispose();
        foreach (var value in _values)
            value.Dispose();
        _runOptions.Dispose();
        _together.Dispose();
        _apart?.Dispose();
    }

    private static (InferenceSession Session, ExecutionProvider Provider) Open(string graph, SessionSettings settings)
    {
        var (options, provider) = OrtProviders.Create(settings);
        using (options)
        {
            try
            {
                return (new InferenceSession(graph, options), provider);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new InvalidDataException($"{Path.GetFileName(graph)} does not load: {exception.Message}", exception);
            }
        }
    }

    private TimeSpan Time(int batch, bool apart)
    {
        _runApart[batch - 1] = apart;
        Run(batch); // allocates
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < TimedRuns; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Run(batch);
            var took = Stopwatch.GetElapsedTime(start);
            best = took < best ? took : best;
        }
        return best;
    }

    private (OrtIoBinding Binding, OrtValue Input) Bind(InferenceSession session, int first, int count)
    {
        var binding = session.CreateIoBinding();
        var input = Value(_input, first, count, Shape.ClipBytes, [count, Shape.Length, Shape.Size, Shape.Size, Shape.Channels]);
        binding.BindInput(InputName, input);
        binding.BindOutput(LogitsName, Value(_logits, first, count, Shape.Classes, [count, Shape.Classes]));
        binding.BindOutput(FeaturesName, Value(_features, first, count, Shape.Features, [count, Shape.Features]));
        return (binding, input);
    }

    private OrtValue Value<T>(PinnedBuffer<T> buffer, int first, int count, int length, long[] shape)
        where T : unmanaged
    {
        var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffer.Memory.Slice(first * length, count * length), shape);
        _values.Add(value);
        return value;
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
}
