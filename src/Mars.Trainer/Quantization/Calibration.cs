using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export;

namespace Mars.Trainer.Quantization;

/// <summary>What values each layer of a network takes on real clips.</summary>
internal static class Calibration
{
    /// <summary>Runs the network in float over the clips, twice: for how far values reach, and for how they spread.</summary>
    /// <param name="network">In float.</param>
    /// <param name="clips">uint8 [frames, size, size, channels] each.</param>
    /// <param name="progress">Told (runs done, runs in all).</param>
    /// <param name="cancellation">Stops between clips.</param>
    public static IReadOnlyDictionary<string, ActivationHistogram> Run(
        InferenceNetwork network, IReadOnlyList<byte[]> clips, Action<int, int>? progress, CancellationToken cancellation)
    {
        var (model, seen) = NetworkGraph.Observed(network);
        using var session = OrtGraph.Load(model.ToByteArray());
        var histograms = seen.ToDictionary(s => s.Output, _ => new ActivationHistogram());
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < clips.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                session.Run(clips[i], (output, values) =>
                {
                    if (!histograms.TryGetValue(session.Outputs[output], out var histogram))
                        return; // logits, features
                    if (pass == 0)
                        histogram.Widen(values);
                    else
                        histogram.Count(values);
                });
                progress?.Invoke((pass * clips.Count) + i + 1, 2 * clips.Count);
            }
        }
        return seen.ToDictionary(s => s.Name, s => histograms[s.Output]);
    }
}
