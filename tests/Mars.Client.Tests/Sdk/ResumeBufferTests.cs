using Mars.Client.Tests.Support;
using Mars.V1;

namespace Mars.Client.Tests.Sdk;

public sealed class ResumeBufferTests
{
    private static readonly StreamOpened Shape = new() { ClipLength = 16, Stride = 4, FrameRate = 25 };

    [Fact]
    public void EveryWindow_NothingAnswered_KeepsAll()
    {
        var buffer = Filled(everyWindow: true, 40);

        buffer.Rewind();

        Assert.Equal(Enumerable.Range(1, 40).Select(i => ((ulong)i, false)), Taken(buffer));
        Assert.Equal(0ul, buffer.ResumeAfter);
    }

    [Fact]
    public void EveryWindow_Answered_ReplaysThatWindowAndSendsTheRestAgain()
    {
        var buffer = Filled(everyWindow: true, 40);
        Taken(buffer);
        buffer.Answered(5, 20, null);

        buffer.Rewind();

        Assert.Equal(Enumerable.Range(5, 36).Select(i => ((ulong)i, i <= 20)), Taken(buffer));
        Assert.Equal(20ul, buffer.ResumeAfter);
    }

    [Fact]
    public void EveryWindow_OldAnswerAgain_ChangesNothing()
    {
        var buffer = Filled(everyWindow: true, 40);
        buffer.Answered(5, 20, null);

        buffer.Answered(1, 16, null);

        Assert.Equal(20ul, buffer.ResumeAfter);
        Assert.Equal(36, buffer.Count);
    }

    [Fact]
    public void EveryWindow_Full_HasNoRoomUntilAnswered()
    {
        var buffer = Filled(everyWindow: true, 100, maxFrames: 100);
        Assert.False(buffer.HasRoom());

        buffer.Answered(1, 16, null);
        Assert.False(buffer.HasRoom());
        buffer.Answered(5, 20, null);

        Assert.True(buffer.HasRoom());
    }

    [Fact]
    public void EveryWindow_PicturesTooFarApartForAWindow_NeverWaitsAndStaysBounded()
    {
        var buffer = new ResumeBuffer(everyWindow: true, maxFrames: 50, long.MaxValue);
        buffer.Configure(Shape);

        for (ulong i = 1; i <= 500; i++)
        {
            Assert.True(buffer.HasRoom());
            buffer.Add(TestFrames.Make(i, rate: 0.5));
        }

        Assert.Equal(50, buffer.Count);
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(40, false)]
    public void EveryWindow_BytesForLessThanAWindow_KeepsAWindowAllTheSame(int frames, bool room)
    {
        var buffer = Filled(everyWindow: true, frames, maxBytes: 5_000);

        Assert.Equal(room, buffer.HasRoom());
        Assert.Equal(frames * 768, buffer.Bytes);
    }

    [Fact]
    public void Live_ManyFrames_KeepsOneWindow()
    {
        var buffer = Filled(everyWindow: false, 500);
        Taken(buffer);
        buffer.Answered(481, 496, null);

        buffer.Rewind();

        Assert.Equal(Enumerable.Range(483, 18).Select(i => ((ulong)i, i <= 496)), Taken(buffer));
        Assert.True(buffer.HasRoom());
    }

    [Fact]
    public void Live_FastCamera_KeepsTheTimeOfAWindow()
    {
        var buffer = Filled(everyWindow: false, 500, rate: 100);

        Assert.InRange(buffer.Count, 68, 69); // 17 ticks of 40 ms, and the frame at their start
    }

    [Fact]
    public void Discard_BadFrame_IsNotSentAgain()
    {
        var buffer = Filled(everyWindow: true, 10);
        Taken(buffer);

        buffer.Discard(4);
        buffer.Rewind();

        Assert.DoesNotContain(Taken(buffer), f => f.Sequence == 4);
        Assert.Equal(9 * 768, buffer.Bytes);
    }

    [Fact]
    public void ForgetOlderHalf_SilentServer_NeverForgetsWhatIsUnwritten()
    {
        var buffer = Filled(everyWindow: true, 40);
        for (var i = 0; i < 10; i++)
            buffer.TakeNext();

        buffer.ForgetOlderHalf();

        Assert.Equal(30, buffer.Count);
        Assert.Equal(11ul, buffer.TakeNext()!.Sequence);
    }

    private static ResumeBuffer Filled(bool everyWindow, int frames, int maxFrames = 512, long maxBytes = long.MaxValue, double rate = 25)
    {
        var buffer = new ResumeBuffer(everyWindow, maxFrames, maxBytes);
        buffer.Configure(Shape);
        for (ulong i = 1; i <= (ulong)frames; i++)
            buffer.Add(TestFrames.Make(i, rate));
        return buffer;
    }

    private static List<(ulong Sequence, bool Replay)> Taken(ResumeBuffer buffer)
    {
        var frames = new List<(ulong, bool)>();
        while (buffer.TakeNext() is { } frame)
            frames.Add((frame.Sequence, frame.Replay));
        return frames;
    }
}
