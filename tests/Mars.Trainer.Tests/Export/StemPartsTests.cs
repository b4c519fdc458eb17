using Mars.Inference.Sessions;
using Mars.Trainer.Export;

namespace Mars.Trainer.Tests.Export;

public sealed class StemPartsTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(8, false)]
    [InlineData(1, true)]
    [InlineData(4, true)]
    [InlineData(8, true)]
    public void Run_WindowsAStrideApart_GivesWhatTheWholeNetworkGives(int stride, bool eightBits)
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        var plan = new LoweringPlan(weights.Placed().Where(p => p.Layer.Taps > 1).ToDictionary(p => p.Layer.Name, p => LoweringSearch.Candidates(p.Layer, p.Input.Frames).First()));
        Func<string, ActivationRange>? range = eightBits ? _ => new ActivationRange(-4, 4) : null;
        var folder = Directory.CreateTempSubdirectory("mars-test-");
        try
        {
            using var draft = new GraphDraft(range is null ? NetworkGraph.Frames2d(weights, plan) : NetworkGraph.Quantized(weights, plan, range));
            using var whole = OrtClipSession.Load(draft.Path, weights.Shape.Frames, weights.Shape.Size, new SessionSettings { MaxBatch = 1 });
            new StemParts(weights, plan, range).Write(folder.FullName, [stride]);
            using var reuse = StemReuseSession.Load(folder.FullName, weights.Shape.Frames, weights.Shape.Size, new SessionSettings { MaxBatch = 4, Threads = 2 });
            var (clip, frame) = (whole.Shape.ClipBytes, whole.Shape.FrameBytes);
            // Two cameras, and the windows of one of them twice in a batch; the last one comes after a gap.
            var videos = Enumerable.Range(0, 2).Select(seed =>
            {
                var bytes = new byte[clip + (12 * stride * frame)];
                new Random(seed).NextBytes(bytes);
                return bytes;
            }).ToArray();
            object[] cameras = [new(), new()];
            (int Camera, int Window)[][] batches = [[(0, 0)], [(0, 1), (1, 0), (0, 2)], [(1, 1)], [(0, 3), (1, 2), (0, 4), (1, 3)], [(1, 7), (0, 5)]];
            foreach (var batch in batches)
            {
                for (var i = 0; i < batch.Length; i++)
                {
                    videos[batch[i].Camera].AsSpan(batch[i].Window * stride * frame, clip).CopyTo(reuse.Input(i));
                    reuse.Place(i, cameras[batch[i].Camera], batch[i].Window * stride);
                }
                reuse.Run(batch.Length);
                for (var i = 0; i < batch.Length; i++)
                {
                    videos[batch[i].Camera].AsSpan(batch[i].Window * stride * frame, clip).CopyTo(whole.Input(0));
                    whole.Run(1);
                    var expected = whole.Logits(0).ToArray();
                    var largest = expected.Max(Math.Abs);
                    Assert.All(expected.Zip(reuse.Logits(i).ToArray()), p => Assert.InRange(Math.Abs(p.First - p.Second) / largest, 0, eightBits ? 0 : 1e-4));
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
