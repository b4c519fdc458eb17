using CsCheck;
using Mars.Inference.Windowing;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Inference.Tests.Windowing;

public sealed class CameraWindowTests
{
    [Theory]
    [InlineData(16, 1)]
    [InlineData(100, 1)]
    [InlineData(100, 4)]
    [InlineData(101, 16)]
    [InlineData(200, 30)]
    [InlineData(15, 4)]
    public void TryTake_NFramesAtTheModelsRate_GivesEveryWindow(int frames, int stride)
    {
        var windows = Run(NewWindow(stride), 1, frames).ToArray();
        Assert.Equal(frames < 16 ? 0 : ((frames - 16) / stride) + 1, windows.Length);
        Assert.All(windows, w => Assert.Equal(15u, w.Last.Sequence - w.First.Sequence));
        Assert.Equal(Enumerable.Range(0, windows.Length).Select(i => (ulong)(i * stride) + 16), windows.Select(w => w.Last.Sequence));
    }

    [Fact]
    public void CopyTo_AcrossTheRingsEnd_FramesInOrder()
    {
        var window = NewWindow(3);
        var last = Run(window, 1, 50).Last();
        var clip = new byte[16];
        Assert.True(window.Ring.TryCopyTo(last.FirstTick, clip));
        Assert.Equal(Enumerable.Range((int)last.First.Sequence, 16).Select(i => (byte)i), clip);
    }

    [Fact]
    public void Commit_AfterAGap_WindowStartsAnew()
    {
        var window = NewWindow(1);
        Assert.Equal(5, Run(window, 1, 20).Count());
        Assert.Single(Run(window, 100, 16)); // 80 frames missing
        Assert.Equal(16, window.RunTicks);
    }

    [Fact]
    public void TryTake_ResumedStream_GoesOnWhereItStopped()
    {
        var whole = Run(NewWindow(4), 1, 60).Select(w => w.Last.Sequence).ToArray();
        var before = whole.TakeWhile(s => s <= 32).ToArray();
        // The connection broke after the answer for 32; the client sends the 15 frames up to it again.
        var after = Run(NewWindow(4, resumeAfter: 32), 18, 43).Select(w => w.Last.Sequence).ToArray();
        Assert.Equal(whole, before.Concat(after));
    }

    // Wherever the connection breaks and whatever the camera's rate: the windows before and after are those of one whole connection, frame for frame.
    [Fact]
    public void TryTake_ResumedAtAPosition_SameWindowsAsUnbroken() =>
        Gen.Select(Gen.Double[1.5, 25], Gen.Int[1, 20], Gen.Int[20, 120], Gen.Double[0, 1], Gen.Int[0, 1000]).Sample((rate, stride, frames, place, seed) =>
        {
            var random = new Random(seed);
            var jitter = rate > 18 ? 0 : 0.3 / rate; // faster, a frame that is early may be left out, and which one depends on those before it
            var times = Enumerable.Range(0, frames).Select(i => (i / rate) + (jitter * random.NextDouble())).ToArray();
            var whole = Run(NewWindow(stride), times, 0).ToArray();
            if (whole.Length == 0)
                return;
            var broken = (int)(place * (whole.Length - 1));
            var (position, from) = (whole[broken].Position, (int)whole[broken].First.Sequence - 1);
            var after = Run(NewWindow(stride, resumeFrom: position), times, from);
            Assert.Equal(whole[(broken + 1)..].Select(Key), after.Select(Key));
        });

    [Fact]
    public void TryTake_ResumedWithAFrameOfAnotherRun_BeginsAnew()
    {
        var window = NewWindow(1, resumeFrom: new RunPosition(DateTimeOffset.UnixEpoch, 40));
        Assert.Equal([16ul, 17, 18], Run(window, [.. Enumerable.Range(0, 18).Select(i => 3600 + (i / 25.0))], 0).Select(w => w.Last.Sequence));
    }

    // Frames between windows cost no decoding, and no window holds one that was left out.
    [Theory]
    [InlineData(25, 8, 8)]
    [InlineData(25, 4, 64)]
    [InlineData(25, 30, 1)]
    [InlineData(7, 4, 16)]
    public void Skip_StrideLongerThanAClip_WindowsAreWholeAndAStrideApart(double rate, int stride, int factor)
    {
        var window = new CameraWindow(new WindowOptions { ClipLength = 16, FrameBytes = 1, FrameRate = 25, Stride = stride, MaySkip = true }, TimeProvider.System) { StrideFactor = factor };
        var (windows, decoded) = (new List<Window>(), 0);
        const int Frames = 2000;
        for (var i = 1; i <= Frames; i++)
        {
            var time = DateTimeOffset.UnixEpoch.AddSeconds(i / rate);
            var sample = window.Sample(time);
            for (var r = 0; r < sample.RepeatPrevious; r++, Take())
                window.Repeat();
            if (window.Needs(sample))
            {
                decoded++;
                window.Next[0] = (byte)i;
                window.Commit(new RingFrame((ulong)i, time, true, 0), sample);
            }
            else
            {
                window.Skip(time, sample);
            }
            Take();
            for (var r = 1; r < sample.RepeatCurrent; r++, Take())
                window.Repeat();
        }
        Assert.InRange(windows.Count, (Frames * 25 / rate / (stride * factor)) - 3, (Frames * 25 / rate / (stride * factor)) + 1);
        Assert.InRange((double)decoded / Frames, 0.9 * 16 / (stride * factor), (1.3 * 16 / (stride * factor)) + 0.02);

        void Take()
        {
            if (!window.TryTake(out var taken))
                return;
            windows.Add(taken);
            var clip = new byte[16];
            Assert.True(window.Ring.TryCopyTo(taken.FirstTick, clip));
            Assert.Equal(((byte)taken.First.Sequence, (byte)taken.Last.Sequence), (clip[0], clip[15]));
            Assert.InRange(taken.Last.CaptureTime - taken.First.CaptureTime, TimeSpan.FromSeconds((15 / 25.0) - (1 / rate) - 0.001), TimeSpan.FromSeconds((15 / 25.0) + (1 / rate) + 0.001));
        }
    }

    [Fact]
    public void StrideFactor_LoweredInTheMiddle_TheNextWindowComesSoon()
    {
        var window = new CameraWindow(new WindowOptions { ClipLength = 16, FrameBytes = 1, FrameRate = 25, Stride = 4, MaySkip = true }, TimeProvider.System) { StrideFactor = 64 };
        Assert.Single(Run(window, 1, 60));
        window.StrideFactor = 1;
        Assert.Equal(4, window.Stride);
        Assert.InRange(Run(window, 61, 30).First().Last.Sequence, 61ul, 78ul);
    }

    // Strides of all cameras are lengthened, and shortened, in the same moment.
    [Fact]
    public void Phase_OfManyCameras_WindowsAreSpreadOverTheStride()
    {
        var time = new FakeTimeProvider();
        var windows = Enumerable.Range(0, 80).Select(i => new CameraWindow(
            new WindowOptions { ClipLength = 16, FrameBytes = 1, FrameRate = 25, Stride = 4, MaySkip = true, Phase = i * 0.618034 % 1 }, time)).ToArray();
        var tick = 0;
        Play(100);
        foreach (var factor in (int[])[16, 64, 16])
        {
            Array.ForEach(windows, w => w.StrideFactor = factor);
            Play(4 * factor * 2); // those under way
            var times = Play(4 * factor * 2);
            Assert.Equal(160, times.Count);
            var byEighth = times.GroupBy(t => t % (4 * factor) / (factor / 2)).Select(g => g.Count()).ToList();
            Assert.Equal(8, byEighth.Count);
            Assert.All(byEighth, n => Assert.InRange(n, 16, 24)); // 20 each
        }

        List<int> Play(int ticks)
        {
            var taken = new List<int>();
            for (var end = tick + ticks; tick < end;)
            {
                tick++;
                time.Advance(TimeSpan.FromMilliseconds(40));
                taken.AddRange(windows.SelectMany(w => Run(w, tick, 1)).Select(_ => tick));
            }
            return taken;
        }
    }

    private static (RunPosition, ulong, ulong) Key(Window window) => (window.Position, window.First.Sequence, window.Last.Sequence);

    private static CameraWindow NewWindow(int stride, ulong resumeAfter = 0, RunPosition? resumeFrom = null) => new(
        new WindowOptions { ClipLength = 16, FrameBytes = 1, FrameRate = 25, Stride = stride, ResumeAfter = resumeAfter, ResumeFrom = resumeFrom }, TimeProvider.System);

    private static IEnumerable<Window> Run(CameraWindow window, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            var time = DateTimeOffset.UnixEpoch.AddSeconds(i / 25.0);
            var sample = window.Sample(time);
            if (!window.Needs(sample))
            {
                window.Skip(time, sample);
                continue;
            }
            window.Next[0] = (byte)i;
            window.Commit(new RingFrame((ulong)i, time, true, 0), sample);
            if (window.TryTake(out var taken))
                yield return taken;
        }
    }

    // Frames with these capture times, in seconds, from one of them on.
    private static IEnumerable<Window> Run(CameraWindow window, double[] times, int from)
    {
        for (var i = from; i < times.Length; i++)
        {
            var time = DateTimeOffset.UnixEpoch.AddSeconds(times[i]);
            var sample = window.Sample(time);
            if (sample.Kind != Inference.Frames.SampleKind.Ticks)
                continue;
            for (var r = 0; r < sample.RepeatPrevious; r++)
            {
                window.Repeat();
                if (window.TryTake(out var repeated))
                    yield return repeated;
            }
            window.Commit(new RingFrame((ulong)i + 1, time, true, 0), sample);
            if (window.TryTake(out var taken))
                yield return taken;
            for (var r = 1; r < sample.RepeatCurrent; r++)
            {
                window.Repeat();
                if (window.TryTake(out var repeated))
                    yield return repeated;
            }
        }
    }
}
