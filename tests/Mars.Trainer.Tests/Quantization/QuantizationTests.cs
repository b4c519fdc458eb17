using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export;
using Mars.Trainer.Export.Onnx;
using Mars.Trainer.Networks;
using Mars.Trainer.Quantization;
using Mars.Trainer.Tests.Export;
using Microsoft.ML.OnnxRuntime;

namespace Mars.Trainer.Tests.Quantization;

public sealed class QuantizationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(16, 64, 3, "B", 0.0)]
    [InlineData(16, 64, 3, "B", 0.5)]
    [InlineData(16, 48, 2, "A", 1.0)]
    [InlineData(64, 32, 3, "A", 0.7)]
    public void Quantized_AnyLowering_AnswersNearlyAsTheFloatGraph(int frames, int size, int channels, string shortcut, double which)
    {
        using var network = Tiny.Trained(NetworkShape.Create(14, "narrow", 5, channels, frames, shortcut: shortcut) with { Size = size });
        var weights = InferenceNetwork.From(network);
        byte[][] clips = [.. Clips(network.Shape, 12)];
        var quantized = new NetworkQuantizer(weights, LoweringTests.Plan(weights, which)).Run(clips, null, TestContext.Current.CancellationToken);
        File.WriteAllBytes(_folder.File("quantized.onnx"), quantized.Model.ToByteArray());
        Python.Check(_folder.File("quantized.onnx"), skip: false);
        var near = Agreement.Of(Run(NetworkGraph.Conv3d(weights), network.Shape, clips, 1), Run(quantized.Model, network.Shape, clips, 1));
        Assert.InRange(near.Distance, 1e-6, 0.1); // more than nothing: it is another graph
    }

    [Fact]
    public void Quantized_SeveralClipsAtOnce_AnswersEachAsAlone()
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        byte[][] clips = [.. Clips(network.Shape, 6)];
        var model = new NetworkQuantizer(weights, LoweringTests.Plan(weights, 0.5)).Run(clips, null, TestContext.Current.CancellationToken).Model;
        Assert.Equal(0, Agreement.Of(Run(model, network.Shape, clips, 1), Run(model, network.Shape, clips, 3)).Distance);
    }

    [Fact]
    public void Quantized_AsTheRuntimeRunsIt_HasNoFloatBetweenTheClipAndTheLastPooling()
    {
        using var network = Tiny.Trained(Tiny.Shape(5) with { Blocks = [2, 1, 2, 1] });
        var weights = InferenceNetwork.From(network);
        var model = new NetworkQuantizer(weights, LoweringTests.Plan(weights, 0.5)).Run([.. Clips(network.Shape, 6)], null, TestContext.Current.CancellationToken).Model;
        var file = _folder.File("optimized.onnx");
        using (var options = new SessionOptions { OptimizedModelFilePath = file, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR })
            new InferenceSession(model.ToByteArray(), options).Dispose();
        var nodes = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file)).Graph.Node.Select(n => n.OpType).ToList();
        Assert.Equal(0, nodes.Count(n => n == "QuantizeLinear"));
        Assert.Equal(2, nodes.Count(n => n == "DequantizeLinear")); // of the last maps, for their mean and for the activation maps
        Assert.DoesNotContain("Cast", nodes);
        Assert.DoesNotContain("Conv", nodes);
        Assert.Equal(weights.Placed().Count(), nodes.Count(n => n == "QLinearConv"));
    }

    [Fact]
    public void Run_FewClips_SaysHowMany()
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        var quantizer = new NetworkQuantizer(weights, LoweringTests.Plan(weights, 0));
        Assert.Contains("hundred", Assert.Throws<ArgumentException>(() => quantizer.Run([.. Clips(network.Shape, 2)], null, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Range_AFewFarValues_AreCutOffByPercentileAndEntropyAndNotByMax()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 100_000).Select(i => i < 3 ? 100f : (float)(random.NextDouble() * 2) - 1).ToArray();
        var histogram = new ActivationHistogram();
        histogram.Widen(values);
        histogram.Count(values);
        Assert.Equal(new ActivationRange(values.Min(), 100), histogram.Range("max"));
        Assert.InRange(histogram.Range("percentile 99.99").Most, 0.9f, 1.2f);
        Assert.InRange(histogram.Range("entropy").Most, 0.9f, 10f);
        Assert.Equal(values.Min(), histogram.Range("percentile 99.99").Least);
    }

    // Noise that is smooth enough to have a mean that differs from place to place, as pictures have.
    private static IEnumerable<byte[]> Clips(NetworkShape shape, int count)
    {
        var random = new Random(3);
        for (var i = 0; i < count; i++)
        {
            var clip = new byte[shape.Frames * shape.Size * shape.Size * shape.InputChannels];
            for (var p = 0; p < clip.Length; p++)
                clip[p] = (byte)Math.Clamp(128 + (90 * Math.Sin((p * 0.0007 * (i + 1)) + i)) + random.Next(-30, 30), 0, 255);
            yield return clip;
        }
    }

    private List<float[]> Run(ModelProto model, NetworkShape shape, byte[][] clips, int batch)
    {
        var file = _folder.File("run.onnx");
        File.WriteAllBytes(file, model.ToByteArray());
        using var session = OrtClipSession.Load(file, shape.Frames, shape.Size, new SessionSettings { MaxBatch = batch });
        var logits = new List<float[]>();
        foreach (var part in clips.Chunk(batch))
        {
            for (var i = 0; i < part.Length; i++)
                part[i].CopyTo(session.Input(i));
            session.Run(part.Length);
            logits.AddRange(Enumerable.Range(0, part.Length).Select(i => session.Logits(i).ToArray()));
        }
        return logits;
    }
}
