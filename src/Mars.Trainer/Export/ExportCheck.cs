using Mars.Inference.Sessions;
using Mars.Trainer.Networks;
using static TorchSharp.torch;

namespace Mars.Trainer.Export;

/// <summary>Runs a written graph in ONNX Runtime beside the network it was made from. Who serves a model relies on this: a graph that differs is not published.</summary>
internal static class ExportCheck
{
    /// <summary>Largest difference over largest value that is taken for float arithmetic in another order.</summary>
    public const double Tolerance = 1e-3;

    /// <summary>The same for weights and maps of 11 significant bits.</summary>
    public const double HalfTolerance = 1e-2;

    private static readonly int[] Batches = [1, 3];

    /// <summary>Compares logits and features, clip by clip, in batches of 1 and 3.</summary>
    /// <param name="network">What the graph must equal; is left in evaluation mode.</param>
    /// <param name="graph">Path of the ONNX file.</param>
    /// <param name="clips">uint8 [frames, size, size, channels] each, three or more.</param>
    /// <param name="tolerance">The largest relative difference that is allowed.</param>
    /// <returns>The largest relative difference.</returns>
    /// <exception cref="InvalidDataException">The graph computes something else.</exception>
    public static double Run(ResNeXt3D network, string graph, IReadOnlyList<byte[]> clips, double tolerance = Tolerance)
    {
        var shape = network.Shape;
        using var session = OrtClipSession.Load(graph, shape.Frames, shape.Size, new SessionSettings { MaxBatch = Batches.Max() });
        network.eval();
        var worst = 0.0;
        foreach (var size in Batches)
        {
            foreach (var batch in clips.Chunk(size).Where(b => b.Length == size))
                worst = Math.Max(worst, Compare(network, session, batch));
        }
        return Accepted(worst, tolerance, "the network");
    }

    /// <summary>Compares the logits and features of two graphs of one network on noise.</summary>
    /// <param name="before">Path of the ONNX file that is known to be right.</param>
    /// <param name="after">Path of the other.</param>
    /// <param name="shape">Of the network.</param>
    /// <returns>The largest relative difference.</returns>
    /// <exception cref="InvalidDataException">They compute different things.</exception>
    public static double Run(string before, string after, NetworkShape shape)
    {
        using var expected = OrtClipSession.Load(before, shape.Frames, shape.Size, new SessionSettings { MaxBatch = 1 });
        using var actual = OrtClipSession.Load(after, shape.Frames, shape.Size, new SessionSettings { MaxBatch = 1 });
        var worst = 0.0;
        foreach (var clip in RandomClips(shape, Batches.Max()))
        {
            foreach (var session in (ReadOnlySpan<OrtClipSession>)[expected, actual])
            {
                clip.CopyTo(session.Input(0));
                session.Run(1);
            }
            worst = Max(worst, Max(Difference(expected.Logits(0), actual.Logits(0)), Difference(expected.Features(0), actual.Features(0))));
        }
        return Accepted(worst, Tolerance, "the old one");
    }

    // Not "worst > tolerance": a graph that gives NaN must not pass.
    private static double Accepted(double worst, double tolerance, string original) => worst <= tolerance
        ? worst
        : throw new InvalidDataException($"the written graph differs from {original} by {worst:G3} (relative; at most {tolerance} is allowed), so nothing was written. This is a fault of the trainer: please report it.");

    /// <summary>Clips of noise, the same ones each time.</summary>
    public static IEnumerable<byte[]> RandomClips(NetworkShape shape, int count)
    {
        var random = new Random(1);
        for (var i = 0; i < count; i++)
        {
            var clip = new byte[shape.Frames * shape.Size * shape.Size * shape.InputChannels];
            random.NextBytes(clip);
            yield return clip;
        }
    }

    private static double Compare(ResNeXt3D network, OrtClipSession session, byte[][] batch)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        for (var i = 0; i < batch.Length; i++)
            batch[i].CopyTo(session.Input(i));
        session.Run(batch.Length);
        var device = network.Fc.weight!.device;
        byte[] bytes = [.. batch.SelectMany(b => b)];
        var output = network.forward(network.Shape.InputChannels == 2 ? ClipInput.FromFlow(bytes, batch.Length, network.Shape, device) : ClipInput.FromRgb(bytes, batch.Length, network.Shape, device));
        var expectedLogits = output.Logits.cpu().data<float>().ToArray();
        var expectedFeatures = output.Features.cpu().contiguous().data<float>().ToArray();
        var worst = 0.0;
        for (var i = 0; i < batch.Length; i++)
        {
            worst = Max(worst, Difference(expectedLogits.AsSpan(i * session.Shape.Classes, session.Shape.Classes), session.Logits(i)));
            worst = Max(worst, Difference(expectedFeatures.AsSpan(i * session.Shape.Features, session.Shape.Features), session.Features(i)));
        }
        return worst;
    }

    private static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double difference = 0, largest = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            difference = Max(difference, Math.Abs((double)expected[i] - actual[i]));
            largest = Max(largest, Math.Abs((double)expected[i]));
        }
        return difference == 0 ? 0 : difference / largest;
    }

    // Math.Max keeps NaN, which is what is wanted; said here because it matters.
    private static double Max(double a, double b) => Math.Max(a, b);
}
