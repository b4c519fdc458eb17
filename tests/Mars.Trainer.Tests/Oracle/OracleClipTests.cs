using System.Runtime.InteropServices;
using Google.Protobuf;
using Mars.Inference.Frames;
using Mars.Inference.Sessions;
using Mars.TestSupport;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;
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
            NetworkGraph.Conv3d(InferenceNetwork.From(network)).WriteTo(file);
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

    [Fact]
    public void Import_OfAFlowTeacherInTheZipContainer_ReadsShapeAndWeights()
    {
        using var scope = NewDisposeScope();
        using var network = AuthorsNetwork.Build(TorchCheckpoint.Read(SharedData.Oracle("flow_depth14_zip.pth")), 16);
        network.eval();
        var clip = File.ReadAllBytes(SharedData.Oracle("flow_clip_16x112x112x2_u8.bin"));
        using var frozen = no_grad();
        var output = network.forward(ClipInput.FromFlow(clip, 1, network.Shape, CPU));
        AssertClose(Floats("flow_logits_51_f32.bin"), output.Logits.data<float>().ToArray());
        AssertClose(Floats("flow_features_2048_f32.bin"), output.Features.data<float>().ToArray());
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
        var decoder = new FrameDecoder(new FrameLimits(), 112);
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
