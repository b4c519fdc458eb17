using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.TestSupport;

namespace Mars.Inference.Tests.Sessions;

public sealed class OrtClipSessionTests
{
    private static readonly ModelPackage Package = ModelRepository.Read(Path.Combine(SharedData.Root, "models"), out _)[0];

    // Two threads make the second way of running a batch, a clip on a core each; warming up chooses between them, and which does not matter here.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_BatchesOfEverySize_AnswerEachClipAsAlone(int threads)
    {
        using var alone = Load(new SessionSettings { MaxBatch = 1, Threads = 1 });
        using var session = Load(new SessionSettings { MaxBatch = 4, Threads = threads });
        session.WarmUp();
        var random = new Random(1);
        for (var batch = 1; batch <= 4; batch++)
        {
            for (var i = 0; i < batch; i++)
                random.NextBytes(session.Input(i));
            session.Run(batch);
            for (var i = 0; i < batch; i++)
            {
                session.Input(i).CopyTo(alone.Input(0));
                alone.Run(1);
                var largest = alone.Logits(0).ToArray().Max(Math.Abs);
                Assert.All(alone.Logits(0).ToArray().Zip(session.Logits(i).ToArray()), p => Assert.InRange(Math.Abs(p.First - p.Second), 0, 1e-4 * largest));
            }
        }
    }

    [Fact]
    public void Run_Warm_AllocatesNothing()
    {
        using var session = Load(new SessionSettings { MaxBatch = 2, Threads = 2 });
        session.WarmUp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 6; i++)
            session.Run(1 + (i % 2));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static OrtClipSession Load(SessionSettings settings) => OrtClipSession.Load(Package.Graph, Package.Manifest.ClipLength, Package.Manifest.Size, settings);
}
