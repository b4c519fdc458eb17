using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Benchmarking;
using Mars.Trainer.Export;

namespace Mars.Trainer.Tests.Benchmarking;

public sealed class StemReuseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Run_WindowsAStrideApart_GivesWhatTheWholeNetworkGives(int stride)
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        var plan = new LoweringPlan(weights.Placed().Where(p => p.Layer.Taps > 1).ToDictionary(p => p.Layer.Name, p => LoweringSearch.Candidates(p.Layer, p.Input.Frames).First()));
        using var whole = OrtGraph.Load(NetworkGraph.Frames2d(weights, plan).ToByteArray());
        using var reuse = new StemReuse(weights, plan, stride, threads: 1);
        var (clip, frame) = (whole.InputLength, whole.InputLength / weights.Shape.Frames);
        var video = new byte[clip + (3 * stride * frame)];
        new Random(5).NextBytes(video);

        for (var window = 0; window < 4; window++)
        {
            var bytes = video.AsSpan(window * stride * frame, clip).ToArray();
            float[] expected = [], actual = [];
            whole.Run(bytes, (output, values) => expected = whole.Outputs[output] == OrtClipSession.LogitsName ? values.ToArray() : expected);
            reuse.Run(bytes, first: window == 0, logits => actual = logits);
            Assert.Equal(5, actual.Length);
            var largest = expected.Max(Math.Abs);
            Assert.All(expected.Zip(actual), p => Assert.InRange(Math.Abs(p.First - p.Second) / largest, 0, 1e-4));
        }
    }
}
