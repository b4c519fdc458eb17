using System.Diagnostics;
using Google.Protobuf;
using Mars.Inference.Sessions;

namespace Mars.Trainer.Export;

/// <summary>Finds the fastest lowering of each convolution by running the candidates in ONNX Runtime on this machine, all cores, one clip.</summary>
internal static class LoweringSearch
{
    private const int Runs = 7;

    // Wider groups than this only ever add zeros.
    private const int WidestGroup = 192;

    /// <summary>Chooses for every convolution of more than one tap.</summary>
    /// <param name="network">To be lowered.</param>
    /// <param name="layout">Makes the layout to measure in.</param>
    /// <param name="progress">Called with layers measured and layers in all.</param>
    /// <param name="cancellation">Stops between two candidates.</param>
    public static LoweringPlan Run(
        InferenceNetwork network, Func<GraphBuilder, LoweringPlan, IGraphLayout> layout, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        // Blocks of a stage are alike: each kind is measured once.
        var kinds = network.Placed().Where(p => p.Layer.Taps > 1)
            .GroupBy(p => (p.Layer.Inputs, p.Layer.Outputs, p.Layer.Groups, p.Layer.Taps, p.Layer.Stride, p.Input.Frames, p.Input.Side)).ToArray();
        var chosen = new Dictionary<string, FrameLowering>();
        for (var i = 0; i < kinds.Length; i++)
        {
            var (layer, input) = kinds[i].First();
            var candidates = Candidates(layer, input.Frames).ToArray();
            var fastest = candidates.Length == 1 ? candidates[0] : candidates.MinBy(c =>
            {
                cancellation.ThrowIfCancellationRequested();
                return Milliseconds(layer, input, c, layout);
            })!;
            foreach (var (same, _) in kinds[i])
                chosen[same.Name] = fastest;
            progress?.Invoke(i + 1, kinds.Length);
        }
        return new LoweringPlan(chosen);
    }

    /// <summary>Divisors of the output frames with powers of two of groups, as long as groups do not become too wide.</summary>
    internal static IEnumerable<FrameLowering> Candidates(ConvolutionLayer layer, int frames)
    {
        var outputs = layer.FramesOf(frames);
        var found = false;
        for (var together = 1; together <= outputs; together++)
        {
            if (outputs % together != 0)
                continue;
            for (var groups = 1; groups <= layer.Groups && layer.Groups % groups == 0; groups *= 2)
            {
                var lowering = new FrameLowering(together, groups);
                var width = Math.Max(lowering.Inputs(layer, frames) * layer.Inputs, together * layer.Outputs) / (layer.Groups / groups);
                if (found && width > WidestGroup)
                    break;
                found = true;
                yield return lowering;
            }
        }
    }

    // With a pointwise convolution before and after, so that what it costs to go from one memory layout to another is counted.
    private static double Milliseconds(ConvolutionLayer layer, GraphMap input, FrameLowering lowering, Func<GraphBuilder, LoweringPlan, IGraphLayout> layout)
    {
        var graph = new GraphBuilder("layer");
        var maps = layout(graph, new LoweringPlan(new Dictionary<string, FrameLowering> { [layer.Name] = lowering }));
        var x = layer.Taps == 7 ? maps.Input() : maps.Convolve(maps.InputMaps(input), Pointwise("before", layer.Inputs), relu: true);
        x = maps.Convolve(maps.Convolve(x, layer, relu: true), Pointwise("after", layer.Outputs), relu: true);
        maps.Mean(x, "result");
        graph.Output("result", "N", x.Channels);
        using var session = OrtGraph.Load(graph.Build().ToByteArray());
        var bytes = new byte[session.InputLength];
        new Random(1).NextBytes(bytes);
        var best = double.PositiveInfinity;
        for (var i = 0; i < Runs + 1; i++)
        {
            var start = Stopwatch.GetTimestamp();
            session.Run(bytes);
            if (i > 0)
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return best;
    }

    private static ConvolutionLayer Pointwise(string name, int channels)
    {
        var random = new Random(1);
        var weight = new float[channels * channels];
        for (var i = 0; i < weight.Length; i++)
            weight[i] = (random.NextSingle() - 0.5f) / channels;
        return new ConvolutionLayer(name, new FoldedConvolution(weight, [channels, channels, 1, 1, 1], new float[channels]), 1, 1, 1);
    }
}
