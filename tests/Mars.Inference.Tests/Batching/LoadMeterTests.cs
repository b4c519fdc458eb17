using Mars.Inference.Batching;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Inference.Tests.Batching;

public sealed class LoadMeterTests
{
    private static readonly TimeSpan Run = TimeSpan.FromSeconds(0.5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Load_HalfOfTheTimeBusy_IsAHalf()
    {
        var meter = new LoadMeter(_time);
        for (var i = 0; i < 40; i++)
        {
            _time.Advance(Run);
            meter.Begin();
            _time.Advance(Run);
            meter.Ran(Run);
        }
        Assert.InRange(meter.Load, 0.5, 0.6); // a run has just ended
    }

    // Otherwise a server that is always busy would seem to have time left whenever one looks between the ends of two runs.
    [Fact]
    public void Load_InTheMiddleOfARun_DoesNotFade()
    {
        var meter = new LoadMeter(_time);
        for (var i = 0; i < 40; i++)
        {
            meter.Begin();
            _time.Advance(Run / 2);
            Assert.True(i < 20 || meter.Load > 0.99);
            _time.Advance(Run / 2);
            meter.Ran(Run);
        }
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(meter.Load, 0, 0.01);
    }
}
