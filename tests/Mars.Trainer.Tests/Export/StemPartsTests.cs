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
    [InlineData(4, true, true)]
    public void Run_WindowsAStrideApart_GivesWhatTheWholeNetworkGives(int stride, bool eightBits, bool wholeStem = false)
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        var plan = Tiny.Plan(weights);
        if (wholeStem)
            plan = new LoweringPlan(new Dictionary<string, FrameLowering>(plan.Layers) { [weights.Stem.Name] = new FrameLowering(weights.Shape.Frames, 1) });
        Func<string, ActivationRange>? range = eightBits ? _ => new ActivationRange(-4, 4) : null;
        using var folder = new TemporaryFolder();
        using var draft = new GraphDraft(range is null ? NetworkGraph.Frames2d(weights, plan) : NetworkGraph.Quantized(weights, plan, range));
        using var whole = OrtClipSession.Load(draft.Path, weights.Shape.Frames, weights.Shape.Size, new SessionSettings { MaxBatch = 1 });
        new StemParts(weights, plan, range).Write(folder.Path, [stride]);
        using var reuse = StemReuseSession.Load(folder.Path, weights.Shape.Frames, weights.Shape.Size, new SessionSettings { MaxBatch = 4, Threads = 2 });
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

    [Fact]
    public void Run_Warm_AllocatesNothing()
    {
        using var session = Session([4, 8], maxBatch: 2, threads: 2);
        session.WarmUp();
        object[] cameras = [new(), new()];
        Run(1);
        Run(3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var window = 4; window < 10; window++)
            Run(window);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int window)
        {
            for (var i = 0; i < 2; i++)
                session.Place(i, cameras[i], window * 4);
            session.Run(1 + (window % 2));
        }
    }

    [Fact]
    public void Run_SingleWindows_KeepNothing()
    {
        using var session = Session([4], maxBatch: 1, threads: 1);
        session.WarmUp();
        var cameras = Enumerable.Range(0, 20).Select(_ => new object()).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var camera in cameras)
        {
            session.Place(0, camera, 0);
            session.Run(1);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, cameras.Length * session.KeptBytes / 4);
    }

    [Fact]
    public void Run_CameraThatIsGone_IsNotKept()
    {
        using var session = Session([4], maxBatch: 1, threads: 1);
        const int Cameras = 50;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Cameras; i++)
        {
            var camera = new object();
            foreach (var tick in (int[])[0, 4, 8])
            {
                session.Place(0, camera, tick);
                session.Run(1);
            }
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Cameras * session.KeptBytes / 4);
    }

    [Fact]
    public void Load_BrokenPart_SaysSo()
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        using var folder = new TemporaryFolder();
        new StemParts(weights, Tiny.Plan(weights)).Write(folder.Path, [4]);
        File.WriteAllBytes(folder.File(StemGraphs.NextName(4)), [1, 2, 3]);
        Assert.Contains("does not load", Assert.Throws<InvalidDataException>(() => StemReuseSession.Load(folder.Path, 16, 112, new SessionSettings())).Message, StringComparison.Ordinal);
    }

    private static StemReuseSession Session(int[] strides, int maxBatch, int threads)
    {
        using var network = Tiny.Trained(Tiny.Shape(5));
        var weights = InferenceNetwork.From(network);
        using var folder = new TemporaryFolder();
        new StemParts(weights, Tiny.Plan(weights)).Write(folder.Path, strides);
        return StemReuseSession.Load(folder.Path, weights.Shape.Frames, weights.Shape.Size, new SessionSettings { MaxBatch = maxBatch, Threads = threads });
    }
}
