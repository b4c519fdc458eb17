using Mars.Inference.Models;
using Mars.Inference.Sessions;

namespace Mars.Inference.Serving;

/// <summary>
/// A clip that everybody can make: a bright disc that moves over a gradient. The manifest says what the package's graph answered when it was written; a session that
/// answers something else is not taken into service.
/// </summary>
public static class GoldenClip
{
    // TF32 and fp16 keep 10 bits of a product, eight-bit graphs round alike everywhere but for the order of their last sums.
    private const double Tolerance = 0.02;

    /// <summary>The logits for the clip, for the manifest.</summary>
    public static IReadOnlyList<double> Run(IClipSession session)
    {
        Fill(session.Input(0), session.Shape);
        session.Run(1);
        return [.. session.Logits(0).ToArray().Select(l => Math.Round((double)l, 6))];
    }

    /// <summary>The same, of a graph that is to be packed.</summary>
    /// <param name="graph">Path of the ONNX file.</param>
    /// <param name="manifest">Says what clips it takes.</param>
    public static IReadOnlyList<double> Run(string graph, ModelManifest manifest)
    {
        using var session = OrtClipSession.Load(graph, manifest.ClipLength, manifest.Size, new SessionSettings { MaxBatch = 1 });
        return Run(session);
    }

    /// <summary>Runs the clip and compares.</summary>
    /// <exception cref="InvalidDataException">The answer is not a number, or not the manifest's.</exception>
    public static void Check(IClipSession session, ModelPackage package)
    {
        var logits = Run(session);
        if (!logits.All(double.IsFinite))
            throw new InvalidDataException($"{package.Folder}: the graph gives no numbers for the golden clip");
        var expected = package.Manifest.Golden;
        if (expected.Count == 0)
            return; // written before there were golden clips
        if (expected.Count != logits.Count)
            throw new InvalidDataException($"{package.Folder}: its manifest has {expected.Count} golden logits, the graph {logits.Count}");
        var largest = expected.Max(Math.Abs);
        var worst = expected.Zip(logits, (e, l) => Math.Abs(e - l)).Max();
        if (worst > Tolerance * Math.Max(largest, 1e-3))
            throw new InvalidDataException($"{package.Folder}: the golden clip's logits differ by {worst:G3} (largest {largest:G3}) from those in its manifest: the graph or the execution provider computes something else");
    }

    private static void Fill(Span<byte> clip, ClipShape shape)
    {
        var i = 0;
        for (var frame = 0; frame < shape.Length; frame++)
        {
            var (x0, y0, radius) = ((frame + 1) * shape.Size / (shape.Length + 2), shape.Size / 2, shape.Size / 6);
            for (var y = 0; y < shape.Size; y++)
            {
                for (var x = 0; x < shape.Size; x++)
                {
                    var inside = ((x - x0) * (x - x0)) + ((y - y0) * (y - y0)) < radius * radius;
                    for (var channel = 0; channel < shape.Channels; channel++)
                        clip[i++] = (byte)(inside ? 230 - (40 * channel) : 40 + (x * 100 / shape.Size) + (y * 60 / shape.Size) + (10 * channel));
                }
            }
        }
    }
}
