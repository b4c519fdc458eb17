using Mars.Inference.Windowing;

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

    private static CameraWindow NewWindow(int stride, ulong resumeAfter = 0) => new(
        new WindowOptions { ClipLength = 16, FrameBytes = 1, FrameRate = 25, Stride = stride, ResumeAfter = resumeAfter }, TimeProvider.System);

    private static IEnumerable<Window> Run(CameraWindow window, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            var time = DateTimeOffset.UnixEpoch.AddSeconds(i / 25.0);
            var sample = window.Sample(time);
            window.Next[0] = (byte)i;
            window.Commit(new RingFrame((ulong)i, time, true, 0), sample);
            if (window.TryTake(out var taken))
                yield return taken;
        }
    }
}
