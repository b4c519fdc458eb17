using System.Globalization;
using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export.Onnx;

namespace Mars.Trainer.Export;

/// <summary>
/// The graphs of a network whose stem is computed a frame at a time (<see cref="StemReuseSession"/>): stem, stem of the next window for some strides, and trunk.
/// Only output frames near a window's ends, whose kernels reach over them, and those of new frames are computed anew.
/// </summary>
/// <param name="network">What is to be computed.</param>
/// <param name="plan">Of the layers behind the stem.</param>
/// <param name="range">In 8 bits: what the result of a layer can be. Null: in floats.</param>
internal sealed class StemParts(InferenceNetwork network, LoweringPlan plan, Func<string, ActivationRange>? range = null)
{
    /// <summary>Strides for which a package has a stem: every frame, and what callers usually ask for.</summary>
    public static readonly int[] Strides = [1, 4, 8];

    /// <summary>The same in words.</summary>
    public static string StridesInWords => $"{string.Join(", ", Strides[..^1])} or {Strides[^1]}";

    /// <summary>Frames that the stem's kernel reaches to each side.</summary>
    private int Reach => network.Stem.Taps / 2;

    private int Frames => network.Shape.Frames;

    /// <summary>Writes the files of a package.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="strides">From one window to the next.</param>
    /// <returns>Their paths.</returns>
    public IReadOnlyList<string> Write(string folder, IEnumerable<int> strides)
    {
        var parts = new List<(string Name, ModelProto Graph)>
        {
            (StemGraphs.StemName, Stem(Enumerable.Range(0, Frames))),
            (StemGraphs.TrunkName, range is null ? NetworkGraph.Trunk(network, plan) : NetworkGraph.QuantizedTrunk(network, plan, range)),
        };
        parts.AddRange(strides.Select(stride => (StemGraphs.NextName(stride), Stem(Changed(stride)))));
        foreach (var (name, graph) in parts)
            File.WriteAllBytes(Path.Combine(folder, name), graph.ToByteArray());
        return [.. parts.Select(p => Path.Combine(folder, p.Name))];
    }

    /// <summary>Output frames that the window before does not have: those within reach of an end of either window.</summary>
    private IEnumerable<int> Changed(int stride) => Enumerable.Range(0, Frames).Where(t => t < Reach || t + stride >= Frames - Reach);

    // Frames near the first end see fewer taps and are made together, so are those near the last; those between in pairs, which wastes least.
    private ModelProto Stem(IEnumerable<int> outputs)
    {
        var graph = new GraphBuilder("stem");
        var floats = new Frames2dLayout(graph, network.Shape, plan);
        var bytes = range is null ? null : new QuantizedLayout(graph, network.Shape, plan, range);
        var clip = bytes is not null
            ? bytes.FramesAsChannels(Reach)
            : graph.Node("Reshape", [floats.Input().Value, graph.Numbers(1, Frames * network.Shape.InputChannels, network.Shape.Size, network.Shape.Size)]);
        foreach (var alike in outputs.GroupBy(t => t < Reach ? 0 : t < Frames - Reach ? 1 : 2))
        {
            var frames = alike.Order().ToArray();
            var inner = alike.Key == 1;
            var chunks = frames.Chunk(inner && frames.Length % 2 == 0 ? 2 : inner ? 1 : frames.Length).ToArray();
            var seen = chunks.Select(Seen).ToArray();
            var slices = seen.Select(s => graph.Slice(clip, bytes is null ? 1 : 2, s.From, s.From + s.Width)).ToArray();
            var joined = slices.Length == 1 ? slices[0] : graph.Node("Concat", slices, null, ("axis", 0));
            var name = frames[0].ToString(CultureInfo.InvariantCulture);
            if (bytes is not null)
            {
                // Where the whole graph joins frames beyond the clip's ends, so do the rows here: in their scale and bias, so that both round alike.
                var (colours, padded) = (network.Stem.Inputs, !plan[network.Stem].IsWhole(network.Stem, Frames));
                var from = padded ? Math.Min(seen[0].From, (chunks[0][0] - Reach) * colours) : seen[0].From;
                var to = Math.Max(seen[0].From + seen[0].Width, padded ? (chunks[0][^1] + Reach + 1) * colours : 0);
                var side = bytes.PooledStem(joined, network.Stem, Joined(chunks[0], from, to - from), from, seen[0], chunks[0].Length, name);
                graph.OutputBytes(name, frames.Length, side, side, network.Stem.Outputs);
                continue;
            }
            var weights = Joined(chunks[0], seen[0].From, seen[0].Width);
            var maps = graph.Node("Relu", [graph.Convolution($"stem{frames[0]}", joined, weights, 1, [network.Stem.Stride, network.Stem.Stride], Reach)]);
            var pooled = floats.MaxOverPixels(new GraphMap(maps, 1, network.Stem.SideOf(network.Shape.Size), chunks[0].Length * network.Stem.Outputs));
            graph.Node("Identity", [pooled.Value], name);
            graph.Output(name, chunks.Length, pooled.Channels, pooled.Side, pooled.Side);
        }
        return graph.Build();
    }

    // Which of the clip's frames x colours some output frames see. Vector kernels want channels in eights, integer ones in fours; the spare ones have no weight.
    private (int From, int Width) Seen(int[] frames)
    {
        var (colours, all, step) = (network.Stem.Inputs, Frames * network.Stem.Inputs, range is null ? 8 : 4);
        var (from, to) = (Math.Max(0, frames[0] - Reach) * colours, Math.Min(all, (frames[^1] + Reach + 1) * colours));
        var inner = from > 0 && to < all && range is null;
        var width = inner ? to - from : Math.Min((to - from + step - 1) / step * step, all);
        return (Math.Min(from, all - width), width);
    }

    // [frame x channel, columns, height, width]: each frame's taps where its input frames lie among the clip's frames x colours, from the given one on.
    private FoldedConvolution Joined(int[] frames, int from, int columns)
    {
        var stem = network.Stem;
        var (colours, pixels) = (stem.Inputs, stem.Kernel * stem.Kernel);
        var weight = new float[frames.Length * stem.Outputs * columns * pixels];
        for (var row = 0; row < frames.Length * stem.Outputs; row++)
        {
            var (frame, output) = (frames[row / stem.Outputs], row % stem.Outputs);
            for (var column = 0; column < columns; column++)
            {
                var place = from + column + (Reach * colours); // from before the clip
                var (tap, colour) = ((place / colours) - frame, place % colours);
                if (tap >= 0 && tap < stem.Taps)
                    stem.Folded.Weight.AsSpan(((((output * colours) + colour) * stem.Taps) + tap) * pixels, pixels).CopyTo(weight.AsSpan(((row * columns) + column) * pixels));
            }
        }
        var bias = Enumerable.Repeat(stem.Folded.Bias, frames.Length).SelectMany(b => b).ToArray();
        return new FoldedConvolution(weight, [frames.Length * stem.Outputs, columns, stem.Kernel, stem.Kernel], bias);
    }
}
