using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export;
using Microsoft.ML.OnnxRuntime;

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
        var shape = network.Shape;
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model.ToByteArray(), options);
        using var run = new RunOptions();
        var histograms = seen.ToDictionary(s => s.Name, _ => new ActivationHistogram());
        string[] outputs = [.. seen.Select(s => s.Output)];
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < clips.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var input = OrtValue.CreateTensorValueFromMemory(clips[i], [1, shape.Frames, shape.Size, shape.Size, shape.InputChannels]);
                using var results = session.Run(run, [OrtClipSession.InputName], [input], outputs);
                for (var o = 0; o < outputs.Length; o++)
                {
                    var values = results[o].GetTensorDataAsSpan<float>();
                    if (pass == 0)
                        histograms[seen[o].Name].Widen(values);
                    else
                        histograms[seen[o].Name].Count(values);
                }
                progress?.Invoke((pass * clips.Count) + i + 1, 2 * clips.Count);
            }
        }
        return histograms;
    }
}
