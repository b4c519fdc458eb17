using System.Globalization;
using System.Runtime.CompilerServices;
using Mars.Inference.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace Mars.Inference.Sessions;

/// <summary>
/// A network in two parts: the stem, whose pooled map of each frame is kept with its camera, and the trunk behind it. The next window of a camera, one of the exported
/// strides later, makes only the maps that are new, and those near a window's ends, whose kernels reach over them. Exact: the same products are added up.
/// </summary>
public sealed class StemReuseSession : IClipSession
{
    /// <summary>From a clip to all of its maps.</summary>
    public const string FirstName = "stem.onnx";

    /// <summary>From the maps to logits and features.</summary>
    public const string TrunkName = "trunk.onnx";

    /// <summary>Input of the trunk: [1, frames, ...], of one clip.</summary>
    public const string MapsName = "maps";

    private const string NextPrefix = "stem_stride";

    private readonly Parts _together;
    private readonly Parts? _apart;
    private readonly ClipWorkers? _workers;
    private readonly ClipBuffers _buffers;
    private readonly PinnedBuffer<byte> _maps; // [maxBatch, a clip's maps]
    private readonly int _clipMaps;
    private readonly (object? Camera, long FirstTick)[] _places;
    private readonly int[] _follows; // the clip of the batch that the same camera has before this one, or -1
    private readonly ConditionalWeakTable<object, Kept> _kept = [];
    private readonly RunOptions _options = new();

    private StemReuseSession(Func<int, Parts> open, ClipShape shape, int clipMaps, int maxBatch, int threads)
    {
        (_buffers, _clipMaps) = (new ClipBuffers(shape, maxBatch), clipMaps);
        _maps = new PinnedBuffer<byte>(maxBatch * clipMaps);
        _places = new (object?, long)[maxBatch];
        _follows = new int[maxBatch];
        _together = open(threads);
        _together.Bind(_buffers, _maps, clipMaps);
        if (threads == 1 || maxBatch == 1)
            return;
        _apart = open(1);
        _apart.Bind(_buffers, _maps, clipMaps);
        _workers = new ClipWorkers(Math.Min(threads, maxBatch), clip => RunChain(_apart, clip));
    }

    /// <inheritdoc/>
    public ClipShape Shape => _buffers.Shape;

    /// <inheritdoc/>
    public int MaxBatch => _buffers.MaxBatch;

    /// <summary>Name of the stem's graph for windows so many frames after one another.</summary>
    public static string NextName(int stride) => string.Create(CultureInfo.InvariantCulture, $"{NextPrefix}{stride}.onnx");

    /// <param name="folder">Holds the parts.</param>
    /// <param name="length">Frames of a clip.</param>
    /// <param name="size">Side of a frame, in pixels.</param>
    /// <param name="settings">How it is to run.</param>
    public static StemReuseSession Load(string folder, int length, int size, SessionSettings settings)
    {
        var threads = settings.Threads > 0 ? settings.Threads : Environment.ProcessorCount;
        Parts Open(int threads) => new(folder, settings with { Threads = threads });
        using var probe = Open(1);
        var (classes, features) = probe.Outputs;
        return new StemReuseSession(Open, new ClipShape(length, size, classes, features), probe.MapBytes * length, settings.MaxBatch, threads);
    }

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _buffers.Clips.Span.Slice(index * Shape.ClipBytes, Shape.ClipBytes);

    /// <inheritdoc/>
    public void Place(int index, object camera, long firstTick) => _places[index] = (camera, firstTick);

    /// <inheritdoc/>
    public void Run(int batch)
    {
        for (var i = 0; i < batch; i++)
        {
            _follows[i] = -1;
            for (var before = i - 1; before >= 0 && _follows[i] < 0 && _places[i].Camera is not null; before--)
            {
                if (_places[before].Camera == _places[i].Camera)
                    _follows[i] = before;
            }
        }
        if (batch > 1 && _workers is not null)
            _workers.Run(batch);
        else
        {
            for (var i = 0; i < batch; i++)
                RunChain(_together, i);
        }
        Array.Clear(_places);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int index) => _buffers.Logits.Span.Slice(index * Shape.Classes, Shape.Classes);

    public void Dispose()
    {
        _workers?.Dispose();
        _together.Dispose();
        _apart?.Dispose();
        _options.Dispose();
        _buffers.Dispose();
        _maps.Dispose();
    }

    // A clip and those of the same camera after it, in their order; each needs the maps of the one before.
    private void RunChain(Parts parts, int clip)
    {
        if (_follows[clip] >= 0)
            return;
        while (clip >= 0)
        {
            RunClip(parts, clip);
            var last = clip;
            clip = Array.FindIndex(_follows, f => f == last);
        }
    }

    private void RunClip(Parts parts, int clip)
    {
        var (camera, firstTick) = _places[clip];
        var maps = _maps.Span.Slice(clip * _clipMaps, _clipMaps);
        var kept = camera is null ? null : _kept.GetOrAdd(camera, _ => new Kept(_clipMaps));
        if (kept is not null && parts.Next.TryGetValue(firstTick - kept.FirstTick, out var next))
        {
            var shift = (int)(firstTick - kept.FirstTick) * (_clipMaps / Shape.Length);
            kept.Maps.AsSpan(shift).CopyTo(maps);
            next.Run(_options, clip);
        }
        else
        {
            parts.First.Run(_options, clip);
        }
        parts.Trunk.Run(_options, clip);
        if (kept is null)
            return;
        maps.CopyTo(kept.Maps);
        kept.FirstTick = firstTick;
    }

    // What is kept of a camera's last window.
    private sealed class Kept(int length)
    {
        public byte[] Maps { get; } = new byte[length];

        public long FirstTick { get; set; } = long.MinValue / 2;
    }

    private sealed class Parts : IDisposable
    {
        public Parts(string folder, SessionSettings settings)
        {
            First = new Part(Path.Combine(folder, FirstName), settings);
            Trunk = new Part(Path.Combine(folder, TrunkName), settings);
            foreach (var file in Directory.GetFiles(folder, $"{NextPrefix}*.onnx"))
                Next[long.Parse(Path.GetFileNameWithoutExtension(file)[NextPrefix.Length..], CultureInfo.InvariantCulture)] = new Part(file, settings);
        }

        public Part First { get; }

        public Dictionary<long, Part> Next { get; } = [];

        public Part Trunk { get; }

        public (int Classes, int Features) Outputs => (Trunk.Width(OrtClipSession.LogitsName), Trunk.Width(OrtClipSession.FeaturesName));

        public int MapBytes => Trunk.MapBytes;

        public void Bind(ClipBuffers buffers, PinnedBuffer<byte> maps, int clipMaps)
        {
            First.BindStem(buffers, maps, clipMaps);
            foreach (var next in Next.Values)
                next.BindStem(buffers, maps, clipMaps);
            Trunk.BindTrunk(buffers, maps, clipMaps);
        }

        public void Dispose()
        {
            First.Dispose();
            Trunk.Dispose();
            foreach (var next in Next.Values)
                next.Dispose();
        }
    }

    private sealed class Part(string graph, SessionSettings settings) : IDisposable
    {
        private readonly InferenceSession _session = OrtProviders.Open(graph, settings with { Provider = ExecutionProvider.Cpu }).Session;
        private readonly List<OrtIoBinding> _bindings = [];
        private readonly List<OrtValue> _values = [];

        private NodeMetadata Maps => _session.InputMetadata[MapsName];

        /// <summary>Of one frame.</summary>
        public int MapBytes => Maps.Dimensions[2..].Aggregate((a, b) => a * b) * (Maps.ElementType == typeof(byte) ? 1 : sizeof(float));

        public int Width(string output) => _session.OutputMetadata[output].Dimensions[1];

        public void Run(RunOptions options, int clip) => _session.RunWithBinding(options, _bindings[clip]);

        public void BindStem(ClipBuffers buffers, PinnedBuffer<byte> maps, int clipMaps)
        {
            var frame = clipMaps / buffers.Shape.Length;
            for (var clip = 0; clip < buffers.MaxBatch; clip++)
            {
                var binding = _session.CreateIoBinding();
                binding.BindInput(OrtClipSession.InputName, Value(buffers.Clips, clip * buffers.Shape.ClipBytes, buffers.Shape.ClipBytes, _session.InputMetadata[OrtClipSession.InputName].ElementDataType, buffers.InputShape(1)));
                // An output for each run of frames: its name is the number of the first.
                foreach (var (name, output) in _session.OutputMetadata)
                {
                    long[] shape = [.. output.Dimensions.Select(d => (long)d)];
                    var bytes = (int)shape.Aggregate((a, b) => a * b) * (output.ElementType == typeof(byte) ? 1 : sizeof(float));
                    binding.BindOutput(name, Value(maps, (clip * clipMaps) + (int.Parse(name, CultureInfo.InvariantCulture) * frame), bytes, output.ElementDataType, shape));
                }
                _bindings.Add(binding);
            }
        }

        public void BindTrunk(ClipBuffers buffers, PinnedBuffer<byte> maps, int clipMaps)
        {
            var shape = buffers.Shape;
            for (var clip = 0; clip < buffers.MaxBatch; clip++)
            {
                var binding = _session.CreateIoBinding();
                binding.BindInput(MapsName, Value(maps, clip * clipMaps, clipMaps, Maps.ElementDataType, [1, .. Maps.Dimensions[1..].Select(d => (long)d)]));
                binding.BindOutput(OrtClipSession.LogitsName, Value(buffers.Logits, clip * shape.Classes, shape.Classes * sizeof(float), Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [1, shape.Classes]));
                binding.BindOutput(OrtClipSession.FeaturesName, Value(buffers.Features, clip * shape.Features, shape.Features * sizeof(float), Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [1, shape.Features]));
                _bindings.Add(binding);
            }
        }

        public void Dispose()
        {
            foreach (var binding in _bindings)
                binding.Dispose();
            foreach (var value in _values)
                value.Dispose();
            _session.Dispose();
        }

        private unsafe OrtValue Value<T>(PinnedBuffer<T> buffer, int first, int bytes, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType type, long[] shape)
            where T : unmanaged
        {
            var value = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, buffer.Address + (first * sizeof(T)), bytes);
            _values.Add(value);
            return value;
        }
    }
}
