using System.Runtime.InteropServices;
using Google.Protobuf;
using Mars.Inference.Frames;
using Mars.Inference.Sessions;
using Mars.TestSupport;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Oracle;

/// <summary>What the authors' own code computed on a real clip, against ours from the picture files to the logits.</summary>
public class OracleClipTests
{
    private const int FrameBytes = 112 * 112 * 3;

    [Fact]
    public void Graph_OnSixteenRealFrames_EqualsTheAuthorsNetwork()
    {
        using var folder = new TemporaryFolder();
        using var network = Network();
        var graph = folder.File("model.onnx");
        using (var file = File.Create(graph))
            NetworkGraph.Build(network).WriteTo(file);
        using var session = OrtClipSession.Load(graph, 16, 112, new SessionSettings { MaxBatch = 1 });
        Frames().CopyTo(session.Input(0));
        session.Run(1);

        AssertClose(Floats("clip_logits_51_f32.bin"), session.Logits(0));
        AssertClose(Floats("clip_features_2048_f32.bin"), session.Features(0));
    }

    [Fact]
    public void Frames_Preprocessed_AreTheAuthorsWithinOneGreyLevel()
    {
        var expected = File.ReadAllBytes(SharedData.Oracle("clip_rgb_16x112x112x3_u8.bin"));
        Assert.Equal(0, Frames().Zip(expected, (a, b) => Math.Abs(a - b)).Max(), 1.0);
    }

    // The loss of two clips in train mode is so sensitive that rounding grows some thirtyfold a step: the authors' own float32 is 0.1, 0.6 and 4% from exact
    // arithmetic (ours in float64) in the second, third and fourth loss. So float32 is held to the two steps that rounding leaves alone, float64 to all.
    [Theory]
    [InlineData(ScalarType.Float32, new[] { 0.001, 0.01 })]
    [InlineData(ScalarType.Float64, new[] { 0.001, 0.01, 0.01, 0.05 })]
    public void Fit_OnTheOraclesTwoClips_GoesThroughTheAuthorsLosses(ScalarType arithmetic, double[] tolerance)
    {
        // expected.json, trajectories.rgb_ce: the clip and its time reverse, labels 3 and 7, learning rate 0.01.
        double[] expected = [4.282557010650635, 1.3204567432403564, 0.6049256324768066, 0.44487297534942627];
        using var scope = NewDisposeScope();
        using var network = Network();
        network.to(arithmetic);
        var clip = File.ReadAllBytes(SharedData.Oracle("clip_rgb_16x112x112x3_u8.bin"));
        byte[] both = [.. clip, .. clip.Chunk(FrameBytes).Reverse().SelectMany(f => f)];
        var input = ClipInput.FromRgb(both, 2, network.Shape, CPU).to(arithmetic);
        var labels = tensor(new[] { 3L, 7L });
        using var optimizer = new Mars.Trainer.Training.MomentumSgd(network.named_parameters().Select(p => (p.name, p.parameter)), 0.9, 0.9, 1e-3);
        network.train();
        for (var step = 0; step < tolerance.Length; step++)
        {
            using var inner = NewDisposeScope();
            var loss = nn.functional.cross_entropy(network.forward(input).Logits, labels);
            Assert.Equal(expected[step], loss.ToDouble(), expected[step] * tolerance[step]);
            optimizer.ZeroGradients();
            loss.backward();
            optimizer.Step(0.01);
        }
    }

    [Fact]
    public void Import_OfAFlowTeacherInTheZipContainer_ReadsShapeAndWeights()
    {
        using var scope = NewDisposeScope();
        using var network = AuthorsNetwork.Build(TorchCheckpoint.Read(SharedData.Oracle("flow_depth14_zip.pth")), 16);
        network.eval();
        var clip = File.ReadAllBytes(SharedData.Oracle("flow_clip_16x112x112x2_u8.bin"));
        using var frozen = no_grad();
        var input = tensor(clip).reshape(1, 16, 112, 112, 2).permute(0, 4, 1, 2, 3).to(ScalarType.Float32).sub(127.5);
        var (features, logits) = network.forward(input.contiguous());
        AssertClose(Floats("flow_logits_51_f32.bin"), logits.data<float>().ToArray());
        AssertClose(Floats("flow_features_2048_f32.bin"), features.data<float>().ToArray());
    }

    private static ResNeXt3D Network()
    {
        using var scope = NewDisposeScope();
        var network = AuthorsNetwork.Build(TorchCheckpoint.Read(SharedData.Oracle("rgb_depth14_legacy_cuda.pth")), 16);
        network.eval();
        return network;
    }

    private static byte[] Frames()
    {
        var decoder = new FrameDecoder(new FrameLimits());
        var clip = new byte[16 * FrameBytes];
        for (var i = 0; i < 16; i++)
        {
            var picture = File.ReadAllBytes(SharedData.Oracle($"clip_frame_{i + 1:D2}.png"));
            Assert.Equal(FrameStatus.Ok, decoder.Decode(picture, PixelLayout.Encoded, 0, 0, clip.AsSpan(i * FrameBytes, FrameBytes)));
        }
        return clip;
    }

    private static float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(SharedData.Oracle(name))).ToArray();

    private static void AssertClose(float[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var difference = 0.0;
        for (var i = 0; i < expected.Length; i++)
            difference = Math.Max(difference, Math.Abs(expected[i] - actual[i]));
        Assert.InRange(difference / expected.Max(Math.Abs), 0, 1e-3);
    }
}
