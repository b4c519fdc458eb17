using Mars.Client.Load;
using Mars.Client.Tests.Sdk;
using Mars.V1;

namespace Mars.Client.Tests.Load;

public sealed class WindowLedgerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public void AtTheModelsRate_AsManyAsTheServerAnswers(int stride)
    {
        var ledger = Ledger(stride);
        for (var frames = 1; frames <= 300; frames++)
            Assert.Equal(CameraStreamTests.Expected(frames, stride).Count() - CameraStreamTests.Expected(frames - 1, stride).Count(), ledger.Sent(At(frames, 25)));
    }

    [Fact]
    public void SlowCamera_ItsFramesStandForSeveralTicks()
    {
        var ledger = Ledger(4);

        // 10 seconds at 5 frames a second are 246 ticks of 25 a second up to the last frame.
        Assert.Equal(((246 - 16) / 4) + 1, Enumerable.Range(1, 50).Sum(i => ledger.Sent(At(i, 5))));
    }

    [Fact]
    public void SilenceOfMoreThanASecond_TheWindowStartsAnew()
    {
        var ledger = Ledger(4);
        var before = Enumerable.Range(1, 20).Sum(i => ledger.Sent(At(i, 25)));

        Assert.Equal(2, before);
        Assert.Equal(0, Enumerable.Range(60, 15).Sum(i => ledger.Sent(At(i, 25))));
        Assert.Equal(1, ledger.Sent(At(75, 25)));
    }

    private static WindowLedger Ledger(int stride) => new(new StreamOpened { ClipLength = 16, FrameRate = 25, Stride = (uint)stride });

    private static TimeSpan At(int frame, double rate) => TimeSpan.FromSeconds(7.01 + ((frame - 1) / rate));
}
