using System.Diagnostics;
using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export;
using Mars.Trainer.Export.Onnx;

namespace Mars.Trainer.Benchmarking;

/// <summary>
/// The network over windows that are some frames apart, with what the stem made of a frame kept from window to window: only output frames near a window's ends, whose
/// kernels reach over them, and those of new frames are computed anew. Exact: the same products are added up. Kept are maps pooled over pixels, 0.2 MB a frame at full
/// width. To be measured, not served: docs/performance.md says what it gains.
/// </summary>
internal sealed class StemReuse : IContestant
{
    private readonly InferenceNetwork _network;
    private readonly OrtGraph _first;
    private readonly OrtGraph _next;
    private readonly OrtGraph _trunk;
    private readonly int _stride;
    private readonly int _mapLength;
    private readonly float[] _maps;
    private readonly byte[] _noise;

    /// <param name="network">In fp32.</param>
    /// <param name="plan">Of the layers behind the stem.</param>
    /// <param name="stride">Frames from one window to the next.</param>
    /// <param name="threads">Of a run.</param>
    public StemReuse(InferenceNetwork network, LoweringPlan plan, int stride, int threads)
    {
        (_network, _stride) = (network, stride);
        var frames = network.Shape.Frames;
        _first = OrtGraph.Load(Stem(Enumerable.Range(0, frames)).ToByteArray(), threads);
        _next = OrtGraph.Load(Stem(Changed).ToByteArray(), threads);
        _trunk = OrtGraph.Load(NetworkGraph.Trunk(network, plan).ToByteArray(), threads);
        _maps = new float[_trunk.InputLength];
        _mapLength = _maps.Length / frames;
        new Random(1).NextBytes(_noise = new byte[_first.InputLength]);
        Run(_noise, first: true);
    }

    public string Name => $"ours_fp32_stride{_stride}_reuse";

    public int Batch => 1;

    /// <summary>Frames that the stem's kernel reaches to each side.</summary>
    private int Reach => _network.Stem.Taps / 2;

    /// <summary>Output frames that the window before does not have: those within reach of an end of either window.</summary>
    private IEnumerable<int> Changed
    {
        get
        {
            var frames = _network.Shape.Frames;
            return Enumerable.Range(0, frames).Where(t => t < Reach || t + _stride >= frames - Reach);
        }
    }

    /// <summary>A window after another one.</summary>
    public double Run()
    {
        var start = Stopwatch.GetTimestamp();
        Run(_noise, first: false);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Runs a window.</summary>
    /// <param name="clip">uint8 [frames, size, size, 3].</param>
    /// <param name="first">Whether there is no window <c>stride</c> frames before it.</param>
    /// <param name="logits">Receives them, if wanted.</param>
    public void Run(byte[] clip, bool first, Action<float[]>? logits = null)
    {
        var stem = first ? _first : _next;
        if (!first)
            _maps.AsSpan(_stride * _mapLength).CopyTo(_maps);
        // An output for each run of frames: its name is the number of the first.
        stem.Run(clip, (output, values) => values.CopyTo(_maps.AsSpan(int.Parse(stem.Outputs[output], System.Globalization.CultureInfo.InvariantCulture) * _mapLength)));
        _trunk.Run(_maps, (output, values) =>
        {
            if (_trunk.Outputs[output] == OrtClipSession.LogitsName)
                logits?.Invoke(values.ToArray());
        });
    }

    public void Dispose()
    {
        _first.Dispose();
        _next.Dispose();
        _trunk.Dispose();
    }

    // Frames near the first end see fewer taps and are made together, so are those near the last; those between in pairs, which wastes least.
    private ModelProto Stem(IEnumerable<int> outputs)
    {
        var graph = new GraphBuilder("stem");
        var (shape, stem) = (_network.Shape, _network.Stem);
        var layout = new Frames2dLayout(graph, shape, new LoweringPlan(new Dictionary<string, FrameLowering>()));
        var clip = graph.Node("Reshape", [layout.Input().Value, graph.Numbers(1, shape.Frames * shape.InputChannels, shape.Size, shape.Size)]);
        foreach (var alike in outputs.GroupBy(t => t < Reach ? 0 : t < shape.Frames - Reach ? 1 : 2))
        {
            var frames = alike.Order().ToArray();
            var inner = alike.Key == 1;
            var chunks = frames.Chunk(inner && frames.Length % 2 == 0 ? 2 : inner ? 1 : frames.Length).ToArray();
            var seen = chunks.Select(Seen).ToArray();
            var slices = seen.Select(s => graph.Slice(clip, 1, s.From, s.From + s.Width)).ToArray();
            var joined = slices.Length == 1 ? slices[0] : graph.Node("Concat", slices, null, ("axis", 0));
            var maps = graph.Node("Relu", [graph.Convolution($"stem{frames[0]}", joined, Joined(chunks[0], seen[0].From, seen[0].Width), 1, [stem.Stride, stem.Stride], Reach)]);
            var pooled = layout.MaxOverPixels(new GraphMap(maps, 1, stem.SideOf(shape.Size), chunks[0].Length * stem.Outputs));
            var name = frames[0].ToString(System.Globalization.CultureInfo.InvariantCulture);
            graph.Node("Identity", [pooled.Value], name);
            graph.Output(name, chunks.Length, pooled.Channels, pooled.Side, pooled.Side);
        }
        return graph.Build();
    }

    // Which of the clip's frames x colours some output frames see. ONNX Runtime's vector kernels want channels in eights; the spare ones have no weight.
    private (int From, int Width) Seen(int[] frames)
    {
        var (colours, all) = (_network.Stem.Inputs, _network.Shape.Frames * _network.Stem.Inputs);
        var (from, to) = (Math.Max(0, frames[0] - Reach) * colours, Math.Min(all, (frames[^1] + Reach + 1) * colours));
        var inner = from > 0 && to < all;
        var width = inner ? to - from : Math.Min((to - from + 7) / 8 * 8, all);
        return (Math.Min(from, all - width), width);
    }

    // [frame x channel, columns, height, width]: each frame's taps where its input frames lie among the clip's frames x colours, from the given one on.
    private FoldedConvolution Joined(int[] frames, int from, int columns)
    {
        var stem = _network.Stem;
        var (colours, pixels) = (stem.Inputs, stem.Kernel * stem.Kernel);
        var weight = new float[frames.Length * stem.Outputs * columns * pixels];
        for (var row = 0; row < frames.Length * stem.Outputs; row++)
        {
            var (frame, output) = (frames[row / stem.Outputs], row % stem.Outputs);
            for (var column = 0; column < columns; column++)
            {
                var (tap, colour) = (((from + column) / colours) - frame + Reach, (from + column) % colours);
                if (tap >= 0 && tap < stem.Taps)
                    stem.Folded.Weight.AsSpan(((((output * colours) + colour) * stem.Taps) + tap) * pixels, pixels).CopyTo(weight.AsSpan(((row * columns) + column) * pixels));
            }
        }
        var bias = Enumerable.Repeat(stem.Folded.Bias, frames.Length).SelectMany(b => b).ToArray();
        return new FoldedConvolution(weight, [frames.Length * stem.Outputs, columns, stem.Kernel, stem.Kernel], bias);
    }
}
