using System.Globalization;
using Mars.Inference.Buffers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Mars.Inference.Sessions;

/// <summary>
/// A network's stem, from a clip to a map for each of its frames; its stems of later windows, which make only the maps that the window before does not have; and its
/// trunk, from the maps to logits and features. Bound to the places of clips and maps: a run allocates nothing.
/// </summary>
public sealed class StemGraphs : IDisposable
{
    /// <summary>File of the stem.</summary>
    public const string StemName = "stem.onnx";

    /// <summary>File of the trunk.</summary>
    public const string TrunkName = "trunk.onnx";

    /// <summary>Input of the trunk: [1, frames, ...], the maps of one clip.</summary>
    public const string MapsName = "maps";

    private const string NextPrefix = "stem_stride";

    private readonly List<Part> _parts = []; // owned
    private readonly SortedList<long, Part> _stems = []; // by stride; 0 is a camera's first window
    private readonly Part _trunk;

    /// <param name="folder">Holds the files.</param>
    /// <param name="settings">How they are to run.</param>
    /// <exception cref="InvalidDataException">A file is no graph.</exception>
    internal StemGraphs(string folder, SessionSettings settings)
    {
        try
        {
            _trunk = Open(TrunkName);
            _stems[0] = Open(StemName);
            foreach (var name in Directory.GetFiles(folder, $"{NextPrefix}*.onnx").Select(f => Path.GetFileName(f)!))
                _stems[long.Parse(Path.GetFileNameWithoutExtension(name)[NextPrefix.Length..], CultureInfo.InvariantCulture)] = Open(name);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or FormatException)
        {
            Dispose();
            throw new InvalidDataException($"{folder}: a part of the network does not load: {exception.Message}", exception);
        }

        Part Open(string name)
        {
            var part = new Part(OrtProviders.Open(Path.Combine(folder, name), settings with { Provider = ExecutionProvider.Cpu }).Session);
            _parts.Add(part);
            return part;
        }
    }

    /// <summary>Bytes of a frame's map.</summary>
    internal int MapBytes => _trunk.InputBytes(MapsName, 2);

    /// <summary>File of the stem for a window so many frames after another.</summary>
    public static string NextName(int stride) => string.Create(CultureInfo.InvariantCulture, $"{NextPrefix}{stride}.onnx");

    public void Dispose()
    {
        foreach (var part in _parts)
            part.Dispose();
    }

    /// <exception cref="InvalidDataException">The graphs take or give something else.</exception>
    internal ClipShape ReadShape(int length, int size)
    {
        foreach (var stem in _stems.Values)
        {
            if (!stem.Session.InputMetadata.TryGetValue(OrtClipSession.InputName, out var clip) || clip.ElementDataType != TensorElementType.UInt8 || !clip.Dimensions.AsSpan(1).SequenceEqual([length, size, size, 3]))
                throw new InvalidDataException($"a stem's input is not '{OrtClipSession.InputName}': uint8 [N, {length}, {size}, {size}, 3]");
        }
        if (!_trunk.Session.InputMetadata.TryGetValue(MapsName, out var maps) || maps.Dimensions.Length != 5 || maps.Dimensions[1] != length)
            throw new InvalidDataException($"the trunk's input is not '{MapsName}': [1, {length}, ...]");
        return new ClipShape(length, size, OrtClipSession.Width(_trunk.Session, OrtClipSession.LogitsName), OrtClipSession.Width(_trunk.Session, OrtClipSession.FeaturesName));
    }

    /// <summary>Makes every clip of a batch runnable.</summary>
    /// <param name="buffers">Of the clips.</param>
    /// <param name="maps">Bytes [maxBatch, frames, a map].</param>
    internal void Bind(ClipBuffers buffers, PinnedBuffer<byte> maps)
    {
        var shape = buffers.Shape;
        var clipMaps = MapBytes * shape.Length;
        for (var clip = 0; clip < buffers.MaxBatch; clip++)
        {
            foreach (var stem in _stems.Values)
            {
                var binding = stem.NewBinding();
                binding.BindInput(OrtClipSession.InputName, stem.Value(buffers.Clips.Address + (clip * shape.ClipBytes), TensorElementType.UInt8, buffers.InputShape(1)));
                // An output for each run of frames: its name is the number of the first.
                foreach (var (name, output) in stem.Session.OutputMetadata)
                {
                    var first = int.Parse(name, CultureInfo.InvariantCulture);
                    binding.BindOutput(name, stem.Value(maps.Address + (clip * clipMaps) + (first * MapBytes), output.ElementDataType, [.. output.Dimensions.Select(d => (long)d)]));
                }
            }
            var behind = _trunk.NewBinding();
            var input = _trunk.Session.InputMetadata[MapsName];
            behind.BindInput(MapsName, _trunk.Value(maps.Address + (clip * clipMaps), input.ElementDataType, [.. input.Dimensions.Select(d => (long)d)]));
            behind.BindOutput(OrtClipSession.LogitsName, _trunk.Value(buffers.Logits.Address + (clip * shape.Classes * sizeof(float)), TensorElementType.Float, [1, shape.Classes]));
            behind.BindOutput(OrtClipSession.FeaturesName, _trunk.Value(buffers.Features.Address + (clip * shape.Features * sizeof(float)), TensorElementType.Float, [1, shape.Features]));
        }
    }

    /// <summary>Whether there is a stem for windows so far apart.</summary>
    internal bool Runs(long stride) => stride > 0 && _stems.ContainsKey(stride);

    /// <summary>The next longer stride, or -1.</summary>
    internal long StrideAfter(long stride)
    {
        var index = _stems.IndexOfKey(stride) + 1;
        return index < _stems.Count ? _stems.GetKeyAtIndex(index) : -1;
    }

    /// <summary>Runs one clip.</summary>
    /// <param name="options">Of the run.</param>
    /// <param name="clip">Its number.</param>
    /// <param name="stride">Frames since the window whose maps lie in this clip's place already, moved up; 0 where there are none.</param>
    internal void Run(RunOptions options, int clip, long stride)
    {
        _stems[stride].Run(options, clip);
        _trunk.Run(options, clip);
    }

    private sealed class Part(InferenceSession session) : IDisposable
    {
        private readonly List<OrtIoBinding> _bindings = []; // one for each clip
        private readonly List<OrtValue> _values = [];

        public InferenceSession Session => session;

        /// <summary>Bytes of an input's dimensions from one on.</summary>
        public int InputBytes(string name, int from)
        {
            var input = session.InputMetadata[name];
            return checked((int)Bytes(input.ElementDataType, [.. input.Dimensions[from..].Select(d => (long)d)]));
        }

        public OrtIoBinding NewBinding()
        {
            _bindings.Add(session.CreateIoBinding());
            return _bindings[^1];
        }

        public OrtValue Value(nint address, TensorElementType type, long[] shape)
        {
            _values.Add(OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, address, Bytes(type, shape)));
            return _values[^1];
        }

        public void Run(RunOptions options, int clip) => session.RunWithBinding(options, _bindings[clip]);

        public void Dispose()
        {
            foreach (var binding in _bindings)
                binding.Dispose();
            foreach (var value in _values)
                value.Dispose();
            session.Dispose();
        }

        private static long Bytes(TensorElementType type, long[] shape) => shape.Aggregate(type == TensorElementType.UInt8 ? 1L : sizeof(float), (product, d) => product * d);
    }
}
