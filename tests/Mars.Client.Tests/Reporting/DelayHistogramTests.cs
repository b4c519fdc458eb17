using Mars.Client.Reporting;

namespace Mars.Client.Tests.Reporting;

public sealed class DelayHistogramTests
{
    [Fact]
    public void Quantile_1To1000Milliseconds_WithinOnePercent()
    {
        var delays = new DelayHistogram();
        foreach (var i in Enumerable.Range(1, 1000).Reverse())
            delays.Add(TimeSpan.FromMilliseconds(i));

        Assert.InRange(delays.Quantile(0.50).TotalMilliseconds, 500, 505);
        Assert.InRange(delays.Quantile(0.95).TotalMilliseconds, 950, 959.5);
        Assert.InRange(delays.Quantile(0.99).TotalMilliseconds, 990, 1000);
        Assert.Equal(1000, delays.Max.TotalMilliseconds);
    }

    [Fact]
    public void Quantile_OneDelay_IsItself()
    {
        var delays = new DelayHistogram();
        delays.Add(TimeSpan.FromMilliseconds(42));

        Assert.Equal(42, delays.Quantile(0.01).TotalMilliseconds, 3);
        Assert.Equal(42, delays.Quantile(0.99).TotalMilliseconds, 3);
    }

    [Fact]
    public void Quantile_None_Zero() => Assert.Equal(TimeSpan.Zero, new DelayHistogram().Quantile(0.5));

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(1e9)]
    public void Add_Extremes_NoneIsLost(double seconds)
    {
        var delays = new DelayHistogram();

        delays.Add(TimeSpan.FromSeconds(seconds));

        Assert.Equal(1, delays.Count);
        Assert.True(delays.Quantile(0.5) <= delays.Max);
    }
}
