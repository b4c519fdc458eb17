using CsCheck;
using Mars.Inference.Batching;
using Mars.Inference.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Inference.Tests.Batching;

/// <summary>What holds for every order in which cameras send, batches run and time passes. No threads: the test is the worker, and the clock is its own.</summary>
public sealed class SchedulingPropertyTests
{
    private const int Cameras = 5;
    private const int InFlight = 3;

    // A step of a history: a camera sends frames, a batch runs, time passes, or the next run fails.
    private static readonly Gen<(int Kind, int Camera, int Amount)> GenStep = Gen.Select(Gen.Int[0, 6], Gen.Int[0, Cameras - 1], Gen.Int[1, 400]);

    [Fact]
    public void AnyHistory_EveryWindowEndsOnceAndEveryWindowLosesNoneButToAFailedRun() =>
        Gen.Select(GenStep.Array[1, 150], Gen.Int[1, 4], Gen.Int[1, 6]).Sample(
            (steps, maxBatch, stride) =>
            {
                using var world = new World(maxBatch);
                var cameras = Enumerable.Range(0, Cameras).Select(i => world.Add(everyWindow: i % 2 == 0, stride)).ToArray();
                foreach (var (kind, camera, amount) in steps)
                {
                    if (kind < 3)
                        world.Send(cameras[camera], everyWindow: camera % 2 == 0, 1 + (amount % 30));
                    else if (kind < 5)
                        world.Scheduler.Step();
                    else if (kind == 6)
                        world.FailNext();
                    else
                        world.Time.Advance(TimeSpan.FromMilliseconds(amount * 10));
                    for (var i = 1; i < Cameras; i += 2)
                        Assert.True(!cameras[i].Queue.TryPeek(out _, out var waiting) || waiting <= 1, "a live camera has more than one window waiting");
                }
                while (world.Scheduler.Step() > 0)
                {
                    // Until nothing is left.
                }
                for (var i = 0; i < Cameras; i++)
                {
                    var ended = cameras[i].Answers.Select(a => a.Last).Concat(cameras[i].Drops.Select(d => d.Last)).ToArray();
                    Assert.Equal(cameras[i].Windows, ended.Length);
                    Assert.Equal(ended.Length, ended.Distinct().Count());
                    Assert.Equal(cameras[i].Answers.Select(a => a.Last).Order(), cameras[i].Answers.Select(a => a.Last));
                    Assert.All(cameras[i].Answers, a => Assert.Equal((byte)a.Last, a.Logit)); // of its own frames
                    if (i % 2 == 0)
                        Assert.All(cameras[i].Drops, d => Assert.Equal(WindowOutcome.Failed, d.Outcome));
                    Assert.DoesNotContain(cameras[i].Drops, d => d.Outcome == WindowOutcome.Answered);
                }
            },
            iter: 400);

    [Fact]
    public void Overloaded_AnyWeights_CamerasAreServedByTheirWeightsAndNoneStarves() =>
        Gen.Select(Gen.Int[1, 8].Array[2, 12], Gen.Int[1, 4]).Sample(
            (weights, maxBatch) =>
            {
                using var world = new World(maxBatch);
                var cameras = weights.Select(w => world.Add(everyWindow: false, stride: 1, weight: w)).ToArray();
                foreach (var camera in cameras)
                    world.Send(camera, everyWindow: false, 15);
                var runs = 60 * weights.Sum() / Math.Min(maxBatch, weights.Length);
                for (var run = 0; run < runs; run++)
                {
                    foreach (var camera in cameras)
                        world.Send(camera, everyWindow: false, 1); // there is always a window waiting
                    world.Scheduler.Step();
                }
                // One window of a camera a batch, so no camera is served more often than there are batches: what that leaves over goes to the others.
                var served = cameras.Select(c => (double)c.Answers.Count).ToArray();
                var all = served.Sum();
                for (var i = 0; i < weights.Length; i++)
                {
                    var share = (double)weights[i] / weights.Sum();
                    Assert.True(served[i] >= 0.75 * Math.Min(runs, share * all), $"weight {weights[i]} of {weights.Sum()}: {served[i]} of {all} windows, {runs} runs");
                }
            },
            iter: 60);

    [Fact]
    public void Overloaded_OneDeadline_OnlyThatCamerasWindowsExpire()
    {
        using var world = new World(maxBatch: 1);
        var hurried = world.Add(everyWindow: false, stride: 1, deadline: TimeSpan.FromMilliseconds(50));
        var patient = world.Add(everyWindow: false, stride: 1);
        world.Send(hurried, everyWindow: false, 16);
        world.Send(patient, everyWindow: false, 16);
        world.Time.Advance(TimeSpan.FromMilliseconds(100));
        world.Scheduler.Step();
        Assert.Equal(WindowOutcome.Expired, Assert.Single(hurried.Drops).Outcome);
        Assert.Single(patient.Answers);
    }

    // A run takes 30 ms here, the stride 40.
    [Theory]
    [InlineData(99, false)]
    [InlineData(101, true)]
    public void Overloaded_WaitedForItsStrideAndTwoRuns_GivesItsPlaceToANewerOne(int waited, bool expires)
    {
        using var world = new World(maxBatch: 2);
        var older = world.Add(everyWindow: false, stride: 1);
        world.Send(older, everyWindow: false, 16);
        world.Scheduler.Step(); // from here on it is known what a run takes
        world.Send(older, everyWindow: false, 1);
        world.Time.Advance(TimeSpan.FromMilliseconds(waited));
        var newer = world.Add(everyWindow: false, stride: 1);
        world.Send(newer, everyWindow: false, 16);
        world.Scheduler.Step();
        Assert.Equal(expires ? 1 : 2, older.Answers.Count);
        Assert.Equal(expires ? [WindowOutcome.Expired] : [], older.Drops.Select(d => d.Outcome));
        Assert.Single(newer.Answers);
    }

    // After a gap windows come further apart than their stride, so the ring may come round to one that waits still. It must not be answered: half of it is of other frames.
    [Fact]
    public async Task Live_RingComesRoundToAWaitingWindow_ItExpires()
    {
        using var world = new World(maxBatch: 1);
        var camera = world.Add(everyWindow: false, stride: 1);
        world.Send(camera, everyWindow: false, 16);
        for (var i = 0; i < 3; i++)
            await camera.SkipAsync(frames: 15, gap: TimeSpan.FromSeconds(5)); // never a whole window
        world.Scheduler.Step();
        Assert.Empty(camera.Answers);
        Assert.Equal(WindowOutcome.Expired, Assert.Single(camera.Drops).Outcome);
    }

    private sealed class World : IDisposable
    {
        private readonly TestMeters _meters = new();
        private readonly InferenceMetrics _metrics;
        private readonly List<TestCamera> _cameras = [];
        private bool _fails;

        public World(int maxBatch)
        {
            _metrics = new InferenceMetrics(_meters);
            var session = new FakeSession(maxBatch, _ => Run());
            Scheduler = new WindowScheduler(TestPackages.Any, [session], new SchedulerOptions(), _metrics, Time, e => Assert.IsType<TimeoutException>(e), start: false);
        }

        public void FailNext() => _fails = true;

        private void Run()
        {
            Time.Advance(TimeSpan.FromMilliseconds(30));
            if (!_fails)
                return;
            _fails = false;
            throw new TimeoutException("the run failed");
        }

        public FakeTimeProvider Time { get; } = new();

        public WindowScheduler Scheduler { get; }

        public TestCamera Add(bool everyWindow, int stride, double weight = 1, TimeSpan? deadline = null)
        {
            _cameras.Add(new TestCamera(Scheduler, everyWindow, stride, InFlight, weight: weight, deadline: deadline, time: Time));
            return _cameras[^1];
        }

        // A camera in every-window mode is held back while all its places are taken; here the worker goes on meanwhile.
        public void Send(TestCamera camera, bool everyWindow, int frames)
        {
            for (var i = 0; i < frames; i++)
            {
                while (everyWindow && camera.Windows - camera.Answers.Count - camera.Drops.Count >= InFlight)
                    Scheduler.Step();
                var sending = camera.SendAsync(1);
                Assert.True(sending.IsCompletedSuccessfully);
            }
        }

        public void Dispose()
        {
            _cameras.ForEach(c => c.Dispose());
            Scheduler.Dispose();
            _metrics.Dispose();
            _meters.Dispose();
        }
    }
}
