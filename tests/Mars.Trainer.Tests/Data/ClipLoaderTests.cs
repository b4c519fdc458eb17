using System.Collections;
using System.Diagnostics;
using Mars.Trainer.Data;

namespace Mars.Trainer.Tests.Data;

public sealed class ClipLoaderTests : IDisposable
{
    private const int Ahead = 2;

    private readonly TemporaryFolder _folder = new();
    private readonly FrameSet _set;

    public ClipLoaderTests() => _set = Tiny.Frames(_folder.Path, 4);

    public void Dispose() => _folder.Dispose();

    // While the network works on one batch the next two are made, and no more: that is all the memory it takes, however fast the readers are.
    [Fact]
    public async Task Load_WhileABatchIsWorkedOn_MakesTheNextTwoAndWaits()
    {
        var plan = new WatchedPlan(ClipPlan.Test(_set, 16, 1));
        using var batches = Loader().Load(plan, TestContext.Current.CancellationToken).GetEnumerator();
        for (var taken = 1; taken <= 4; taken++)
        {
            Assert.True(batches.MoveNext());
            await plan.ReachesAsync(taken + Ahead);
            await Task.Delay(50, TestContext.Current.CancellationToken);
            Assert.Equal(taken + Ahead, plan.Begun);
        }
    }

    [Fact]
    public void Load_AWholePlan_GivesEachClipInOrder()
    {
        var plan = ClipPlan.Test(_set, 16, 3);
        var seen = Loader().Load(plan, TestContext.Current.CancellationToken).Select(b => (b.Requests.ToArray(), b.Classes.ToArray(), Level: b.RgbClip(0)[0])).ToList();
        Assert.Equal(plan.SelectMany(b => b), seen.SelectMany(s => s.Item1));
        Assert.Equal(plan.SelectMany(b => b).Select(r => (long)_set.ClassOf(r.Video)), seen.SelectMany(s => s.Item2));
        Assert.All(seen, s => Assert.Equal(s.Item2[0] == 0, s.Level > 100)); // the first class is the bright one
    }

    [Fact]
    public void Load_ABrokenFrame_EndsWithItsName()
    {
        File.WriteAllText(_set.PathOf(_set.Videos[3], FrameSet.FrameName(2)), "no picture");
        var error = Assert.Throws<InvalidDataException>(() => Loader().Load(ClipPlan.Test(_set, 16, 1), TestContext.Current.CancellationToken).Count());
        Assert.Contains("00003.jpg", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_LeftInTheMiddle_ReadsNoFurther()
    {
        var plan = new WatchedPlan(ClipPlan.Test(_set, 16, 1));
        foreach (var _ in Loader().Load(plan, TestContext.Current.CancellationToken))
            break; // the enumerator waits for its thread when it is left
        var begun = plan.Begun;
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(begun, plan.Begun);
    }

    private ClipLoader Loader() => new(_set, new FrameCache(0), Modality.Rgb, 16, 32, 2);

    /// <summary>Counts the batches of which a clip has been asked for.</summary>
    private sealed class WatchedPlan(IReadOnlyList<IReadOnlyList<ClipRequest>> inner) : IReadOnlyList<IReadOnlyList<ClipRequest>>
    {
        private int _begun;

        public int Begun => Volatile.Read(ref _begun);

        public int Count => inner.Count;

        public IReadOnlyList<ClipRequest> this[int index] => inner[index];

        public async Task ReachesAsync(int begun)
        {
            for (var clock = Stopwatch.StartNew(); Begun < begun; await Task.Delay(5, TestContext.Current.CancellationToken))
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{Begun} of {begun}");
        }

        public IEnumerator<IReadOnlyList<ClipRequest>> GetEnumerator() => inner.Select(b => (IReadOnlyList<ClipRequest>)new WatchedBatch(b, () => Interlocked.Increment(ref _begun))).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class WatchedBatch(IReadOnlyList<ClipRequest> inner, Action begun) : IReadOnlyList<ClipRequest>
    {
        public int Count => inner.Count;

        public ClipRequest this[int index]
        {
            get
            {
                begun();
                return inner[index];
            }
        }

        public IEnumerator<ClipRequest> GetEnumerator() => inner.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => inner.GetEnumerator();
    }
}
