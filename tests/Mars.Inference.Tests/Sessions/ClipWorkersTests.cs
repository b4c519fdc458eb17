using Mars.Inference.Sessions;

namespace Mars.Inference.Tests.Sessions;

public sealed class ClipWorkersTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 1)]
    [InlineData(4, 64)]
    public void Run_AnyCount_DoesEachClipOnceAndReturnsAfterAll(int threads, int count)
    {
        var done = new int[count];
        using var workers = new ClipWorkers(threads, clip =>
        {
            Thread.SpinWait(2000);
            Interlocked.Increment(ref done[clip]);
        });
        for (var round = 1; round <= 200; round++)
        {
            workers.Run(count);
            Assert.All(done, d => Assert.Equal(round, d));
        }
    }

    [Fact]
    public void Run_AClipThatFails_ThrowsItsReasonAndTheNextBatchSucceeds()
    {
        var fail = true;
        using var workers = new ClipWorkers(3, clip =>
        {
            if (fail && clip == 4)
                throw new InvalidOperationException("clip 4");
        });
        Assert.Equal("clip 4", Assert.Throws<InvalidOperationException>(() => workers.Run(8)).Message);
        fail = false;
        workers.Run(8);
    }

    [Fact]
    public void Run_ManyBatches_AllocatesNothing()
    {
        using var workers = new ClipWorkers(2, _ => { });
        for (var i = 0; i < 50; i++)
            workers.Run(4);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            workers.Run(4);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200);
    }

    [Fact]
    public void Run_FirstBatchWhoseEndIsWaitedForLong_AllocatesNothing()
    {
        var caller = Environment.CurrentManagedThreadId;
        using var begun = new ManualResetEventSlim(true);
        using var never = new ManualResetEventSlim();
        using var workers = new ClipWorkers(2, _ =>
        {
            if (Environment.CurrentManagedThreadId != caller)
            {
                begun.Set();
                never.Wait(50);
            }
            while (!begun.IsSet)
                Thread.SpinWait(100);
        });
        workers.Run(1); // without the other thread, and compiles
        begun.Reset();
        var before = GC.GetAllocatedBytesForCurrentThread();
        workers.Run(2);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
