using Mars.Inference.Sessions;
using Mars.Trainer.Export;
using Mars.Trainer.Export.Onnx;

namespace Mars.Trainer.Quantization;

/// <summary>Makes the 8-bit graph of a network: ranges by every method, and the method whose answers are nearest to the float graph's on clips it was not fitted to.</summary>
internal sealed class NetworkQuantizer(InferenceNetwork network, LoweringPlan plan)
{
    /// <summary>One of three clips chooses the method, the others give the ranges.</summary>
    private const int ChoosingPart = 3;

    /// <param name="clips">Real ones, three or more.</param>
    /// <param name="progress">Told (runs done, runs in all) of the calibration.</param>
    /// <param name="cancellation">Stops between clips.</param>
    public QuantizedNetwork Run(IReadOnlyList<byte[]> clips, Action<int, int>? progress, CancellationToken cancellation)
    {
        if (clips.Count < ChoosingPart)
            throw new ArgumentException($"{clips.Count} calibration clips are too few: give {ChoosingPart} at least, better a hundred", nameof(clips));
        var choosing = clips.Where((_, i) => i % ChoosingPart == 0).ToArray();
        var histograms = Calibration.Run(network, [.. clips.Where((_, i) => i % ChoosingPart != 0)], progress, cancellation);
        var expected = Logits(NetworkGraph.Conv3d(network), choosing);
        var tried = new List<(string Method, ModelProto Model, Agreement Agreement)>();
        foreach (var method in ActivationHistogram.RangeMethods)
        {
            cancellation.ThrowIfCancellationRequested();
            var model = NetworkGraph.Quantized(network, plan, name => histograms[name].Range(method));
            tried.Add((method, model, Agreement.Of(expected, Logits(model, choosing))));
        }
        var best = tried.MinBy(t => t.Agreement.Distance);
        return new QuantizedNetwork(best.Model, best.Method, name => histograms[name].Range(best.Method), tried.ToDictionary(t => t.Method, t => t.Agreement));
    }

    private List<float[]> Logits(ModelProto model, IReadOnlyList<byte[]> clips)
    {
        using var draft = new GraphDraft(model);
        using var session = OrtClipSession.Load(draft.Path, network.Shape.Frames, network.Shape.Size, new SessionSettings { MaxBatch = 1 });
        return [.. clips.Select(clip =>
        {
            clip.CopyTo(session.Input(0));
            session.Run(1);
            return session.Logits(0).ToArray();
        })];
    }
}

/// <summary>What came out.</summary>
/// <param name="Model">The graph.</param>
/// <param name="Method">That gave its ranges.</param>
/// <param name="Range">Of a layer or of a block's sum, by name.</param>
/// <param name="Tried">Every method, and how near its answers were to the float graph's.</param>
internal sealed record QuantizedNetwork(ModelProto Model, string Method, Func<string, ActivationRange> Range, IReadOnlyDictionary<string, Agreement> Tried);
