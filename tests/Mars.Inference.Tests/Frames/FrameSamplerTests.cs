using Mars.Inference.Frames;

namespace Mars.Inference.Tests.Frames;

public sealed class FrameSamplerTests
{
    private readonly FrameSampler _sampler = new(25, TimeSpan.FromSeconds(1));

    [Theory]
    [InlineData(25.0, 100, 100)]
    [InlineData(50.0, 100, 50)]
    [InlineData(30.0, 90, 75)]
    [InlineData(29.97, 90, 75)]
    [InlineData(12.0, 60, 125)]
    [InlineData(15.0, 30, 50)]
    [InlineData(5.0, 10, 50)]
    public void Ticks_OfAWholeVideo_AreItsLengthAt25(double rate, int frames, int expected)
    {
        var ticks = 0;
        for (var i = 0; i < frames; i++)
            ticks += Add(i / rate);
        ticks += _sampler.Remaining();
        Assert.Equal(expected, ticks);
    }

    [Fact]
    public void Sample_SlowCamera_EachTickTakesTheNearestFrame()
    {
        // 15 frames per second: frame 1 at 66.7 ms is nearer to tick 1 (40 ms) than frame 0 is.
        Add(0);
        var sample = _sampler.Sample(At(1 / 15.0));
        Assert.Equal((0, 2), (sample.RepeatPrevious, sample.RepeatCurrent));
        Add(1 / 15.0);
        Add(2 / 15.0);
        // 5 frames per second from there: ticks 4 and 5 are nearer to 133 ms, 6 to 8 to 333 ms.
        sample = _sampler.Sample(At(5 / 15.0));
        Assert.Equal((2, 3), (sample.RepeatPrevious, sample.RepeatCurrent));
    }

    [Fact]
    public void Sample_JitterBelowHalfATick_OneTickEach()
    {
        var random = new Random(5);
        Add(0);
        for (var i = 1; i < 500; i++)
            Assert.Equal(1, Add((i * 0.04) + ((random.NextDouble() - 0.5) * 0.036)));
    }

    [Fact]
    public void Sample_LongerGap_Restarts()
    {
        Add(0);
        Assert.True(_sampler.Sample(At(1.01)).Restarted);
        Assert.False(_sampler.Sample(At(0.99)).Restarted);
        Assert.True(_sampler.Sample(At(3600)).Restarted);
        Assert.True(_sampler.Sample(At(-3600)).Restarted);
    }

    [Fact]
    public void Sample_ALittleBack_Late()
    {
        Add(0);
        Add(0.04);
        Assert.Equal(SampleKind.Late, _sampler.Sample(At(0.02)).Kind);
        Assert.Equal(SampleKind.Surplus, _sampler.Sample(At(0.04)).Kind);
    }

    private static DateTimeOffset At(double seconds) => DateTimeOffset.UnixEpoch.AddDays(20000).AddSeconds(seconds);

    private int Add(double seconds)
    {
        var sample = _sampler.Sample(At(seconds));
        if (sample.Kind != SampleKind.Ticks)
            return 0;
        for (var i = 0; i < sample.RepeatPrevious; i++)
            _sampler.Repeat();
        _sampler.Accept(At(seconds), sample);
        for (var i = 1; i < sample.RepeatCurrent; i++)
            _sampler.Repeat();
        return sample.RepeatPrevious + sample.RepeatCurrent;
    }
}
