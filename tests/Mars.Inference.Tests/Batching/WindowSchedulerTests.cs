using System.Collections.Concurrent;
using Mars.Inference.Batching;
using Mars.Inference.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Inference.Tests.Batching;

public sealed class WindowSchedulerTests : IDisposable
{
    private readonly TestMeters _meters = new();
    private readonly InferenceMetrics _metrics;
    private readonly ConcurrentQueue<Exception> _faults = new();

    public WindowSchedulerTests() => _metrics = new InferenceMetrics(_meters);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public async Task EveryWindow_AnyBatchSize_AnswersAllInOrder(int maxBatch)
    {
        using var scheduler = NewScheduler(new FakeSession(maxBatch));
        using var camera = new TestCamera(scheduler, everyWindow: true, stride: 4, inFlight: 8);
        await camera.SendAsync(200);
        await camera.AllEndedAsync();
        Assert.Equal(((200 - 16) / 4) + 1, camera.Answers.Count);
        Assert.Equal(camera.Answers.OrderBy(a => a.Last), camera.Answers);
        Assert.All(camera.Answers, a => Assert.Equal((byte)a.Last, a.Logit)); // each answer is of its own frames
    }

    [Fact]
    public async Task EveryWindow_TellsTheSessionWhoseWindowsItRuns()
    {
        var session = new FakeSession(4);
        using var scheduler = NewScheduler(session);
        using var camera = new TestCamera(scheduler, everyWindow: true, stride: 4, inFlight: 8);
        await camera.SendAsync(40);
        await camera.AllEndedAsync();
        Assert.Equal(Enumerable.Range(0, 7).Select(i => ((object)camera.Ring, 4L * i)), session.Places);
    }

    [Fact]
    public async Task EveryWindow_SlowModel_HoldsTheSenderBack()
    {
        var runs = 0;
        using var gate = new SemaphoreSlim(0);
        using var scheduler = NewScheduler(new FakeSession(1, _ =>
        {
            gate.Wait();
            runs++;
        }));
        using var camera = new TestCamera(scheduler, everyWindow: true, inFlight: 4);
        var sending = camera.SendAsync(40);
        await UntilAsync(() => camera.Windows == 5); // four under way, one held
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(sending.IsCompleted);
        Assert.Equal(5, camera.Windows);
        gate.Release(100);
        await sending.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await camera.AllEndedAsync();
        Assert.Equal(25, camera.Answers.Count);
    }

    // In virtual time: each run takes 80 ms, in which two frames come.
    [Fact]
    public async Task Live_ModelTwiceTooSlow_AgeStaysUnderTwoRunsAndTheRestIsCounted()
    {
        var run = TimeSpan.FromMilliseconds(80);
        var time = new FakeTimeProvider();
        TestCamera? camera = null;
        var session = new FakeSession(8, _ =>
        {
            foreach (var milliseconds in (int[])[30, 40])
            {
                time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                Assert.True(camera!.SendAsync(1).IsCompletedSuccessfully);
            }
            time.Advance(TimeSpan.FromMilliseconds(10));
        });
        using var scheduler = new WindowScheduler(TestPackages.Any, [session], new SchedulerOptions(), _metrics, time, _faults.Enqueue, start: false);
        using (camera = new TestCamera(scheduler, everyWindow: false, time: time))
        {
            await camera.SendAsync(16);
            for (var i = 0; i < 50; i++)
                scheduler.Step();
        }
        var ages = camera.Answers.Select(a => a.Age).Order().ToArray();
        Assert.InRange(ages[ages.Length / 2], run, 2 * run);
        Assert.InRange(ages[^1], run, 2 * run);
        Assert.InRange(camera.Drops.Count, camera.Windows / 4, camera.Windows * 3 / 4);
        Assert.All(camera.Drops, d => Assert.Equal(WindowOutcome.Superseded, d.Outcome));
        Assert.Equal(camera.Drops.Count, _meters.Windows("superseded"));
        Assert.Equal(camera.Answers.Count, _meters.Windows("answered"));
    }

    [Fact]
    public async Task Live_ManyCameras_EachIsServed()
    {
        using var never = new ManualResetEventSlim();
        using var scheduler = NewScheduler(new FakeSession(4, _ => never.Wait(20)));
        var cameras = Enumerable.Range(0, 12).Select(_ => new TestCamera(scheduler, everyWindow: false)).ToArray();
        await Task.WhenAll(cameras.Select(c => c.SendAsync(100, TimeSpan.FromMilliseconds(10))));
        await Task.WhenAll(cameras.Select(c => c.AllEndedAsync()));
        var counts = cameras.Select(c => c.Answers.Count).ToArray();
        Assert.True(counts.Min() >= 0.8 * counts.Average(), string.Join(", ", counts));
        Array.ForEach(cameras, c => c.Dispose());
    }

    [Fact]
    public async Task Live_OlderThanTheDeadline_ExpiresWithoutARun()
    {
        var runs = 0;
        using var gate = new SemaphoreSlim(0);
        var time = new FakeTimeProvider();
        var session = new FakeSession(1, _ =>
        {
            Interlocked.Increment(ref runs);
            gate.Wait();
        });
        using var scheduler = new WindowScheduler(
            TestPackages.Any, [session], new SchedulerOptions { LiveDeadline = TimeSpan.FromMilliseconds(50) }, _metrics, time, _faults.Enqueue);
        using var first = new TestCamera(scheduler, everyWindow: false, time: time);
        using var second = new TestCamera(scheduler, everyWindow: false, time: time);
        await first.SendAsync(16);
        await UntilAsync(() => Volatile.Read(ref runs) == 1);
        await second.SendAsync(16);
        time.Advance(TimeSpan.FromMilliseconds(51));
        gate.Release(10);
        await second.AllEndedAsync();
        Assert.Equal(WindowOutcome.Expired, Assert.Single(second.Drops).Outcome);
        Assert.Equal(1, runs);
    }

    // Cameras remember the model with which they began: a model that remembered its last cameras would keep all that came before it in memory.
    [Fact]
    public async Task CameraThatIsGone_IsForgotten()
    {
        using var scheduler = NewScheduler(new FakeSession(4));
        var camera = await ServeAsync(scheduler);
        for (var i = 0; i < 100 && camera.IsAlive; i++)
        {
            _ = GC.GetTotalMemory(forceFullCollection: true);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Assert.False(camera.IsAlive);

        static async Task<WeakReference> ServeAsync(WindowScheduler scheduler)
        {
            using var camera = new TestCamera(scheduler, everyWindow: true);
            await camera.SendAsync(20);
            await camera.AllEndedAsync();
            await Task.Delay(50, TestContext.Current.CancellationToken); // the worker has looked at the camera once more, and waits
            return new WeakReference(camera);
        }
    }

    [Fact]
    public async Task Run_ThatThrows_EndsItsWindowsAndTheNextGoesOn()
    {
        var fail = true;
        using var scheduler = NewScheduler(new FakeSession(1, _ =>
        {
            if (fail)
                throw new InvalidOperationException("no more memory");
        }));
        using var camera = new TestCamera(scheduler, everyWindow: true, inFlight: 1);
        await camera.SendAsync(16);
        await camera.AllEndedAsync();
        fail = false;
        await camera.SendAsync(1);
        await camera.AllEndedAsync();
        Assert.Equal(WindowOutcome.Failed, Assert.Single(camera.Drops).Outcome);
        Assert.Single(camera.Answers);
        Assert.Single(_faults);
    }

    [Fact]
    public async Task Answer_OfAFaultyCamera_TouchesNoOther()
    {
        using var scheduler = NewScheduler(new FakeSession(4));
        using var faulty = new TestCamera(scheduler, everyWindow: false, onAnswer: () => throw new InvalidOperationException());
        using var healthy = new TestCamera(scheduler, everyWindow: true);
        await faulty.SendAsync(16);
        await healthy.SendAsync(30);
        await healthy.AllEndedAsync();
        Assert.Equal(15, healthy.Answers.Count);
        Assert.NotEmpty(_faults);
    }

    // Two sessions, as on two devices or with SessionsPerDevice: both work, and no camera's answers come in another order.
    [Fact]
    public async Task TwoSessions_BothRunAtOnce_AndEachCamerasAnswersKeepTheirOrder()
    {
        var (running, most) = (0, 0);
        using var never = new ManualResetEventSlim();
        FakeSession Slow(int milliseconds) => new(2, _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            never.Wait(milliseconds);
            Interlocked.Decrement(ref running);
        });
        using var scheduler = new WindowScheduler(TestPackages.Any, [Slow(3), Slow(11)], new SchedulerOptions(), _metrics, TimeProvider.System, _faults.Enqueue);
        var cameras = Enumerable.Range(0, 5).Select(_ => new TestCamera(scheduler, everyWindow: true)).ToArray();
        await Task.WhenAll(cameras.Select(c => c.SendAsync(60)));
        await Task.WhenAll(cameras.Select(c => c.AllEndedAsync()));
        Assert.Equal(2, most);
        foreach (var camera in cameras)
        {
            Assert.Equal(Enumerable.Range(16, 45).Select(i => (ulong)i), camera.Answers.Select(a => a.Last));
            Assert.All(camera.Answers, a => Assert.Equal((byte)a.Last, a.Logit));
            camera.Dispose();
        }
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task WaitForBatch_IdleModel_ClosesAtOnce_AndABusyOneWaitsItsDelay()
    {
        var time = new FakeTimeProvider();
        using var scheduler = new WindowScheduler(
            TestPackages.Any, [new FakeSession(4)], new SchedulerOptions { MaxBatchDelay = TimeSpan.FromMilliseconds(20) }, _metrics, time, _faults.Enqueue, start: false);
        using var camera = new TestCamera(scheduler, everyWindow: false, time: time);
        using var other = new TestCamera(scheduler, everyWindow: false, time: time);
        await camera.SendAsync(16);
        var load = new LoadMeter(time);
        Assert.True(scheduler.WaitForBatch(4, load)); // idle: it returns, though no time passes at all
        time.Advance(TimeSpan.FromMinutes(1));
        load.Ran(TimeSpan.FromMinutes(1));
        await camera.SendAsync(1);
        var closing = Task.Run(() => scheduler.WaitForBatch(4, load));
        Assert.NotSame(closing, await Task.WhenAny(closing, Task.Delay(200, TestContext.Current.CancellationToken)));
        time.Advance(TimeSpan.FromMilliseconds(21));
        Assert.True(await closing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WaitForBatch_BusyModel_AFullBatchDoesNotWait()
    {
        var time = new FakeTimeProvider();
        using var scheduler = new WindowScheduler(
            TestPackages.Any, [new FakeSession(2)], new SchedulerOptions { MaxBatchDelay = TimeSpan.FromSeconds(20) }, _metrics, time, _faults.Enqueue, start: false);
        using var camera = new TestCamera(scheduler, everyWindow: false, time: time);
        using var other = new TestCamera(scheduler, everyWindow: false, time: time);
        var load = new LoadMeter(time);
        time.Advance(TimeSpan.FromMinutes(1));
        load.Ran(TimeSpan.FromMinutes(1));
        await camera.SendAsync(16);
        await other.SendAsync(16);
        Assert.True(await Task.Run(() => scheduler.WaitForBatch(2, load)).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 6000 && !condition(); i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(condition(), "it did not come to that in a minute");
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _meters.Dispose();
    }

    private WindowScheduler NewScheduler(FakeSession session, SchedulerOptions? options = null) =>
        new(TestPackages.Any, [session], options ?? new SchedulerOptions(), _metrics, TimeProvider.System, _faults.Enqueue);
}
