using Google.Protobuf.WellKnownTypes;
using Mars.Client.Streaming;
using Mars.Client.Tests.Support;
using Mars.V1;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Client.Tests.Streaming;

public sealed class DecisionClockTests
{
    [Fact]
    public void Elapsed_Paced_SinceCapture()
    {
        var time = new FakeTimeProvider(TestFrames.Start);
        var clock = new DecisionClock(fromCapture: true, time);

        time.Advance(TimeSpan.FromMilliseconds(70));

        Assert.Equal(70, clock.Elapsed(new Prediction { LastSequence = 1, CaptureTime = Timestamp.FromDateTimeOffset(TestFrames.Start) }).TotalMilliseconds);
    }

    [Fact]
    public void Elapsed_Fast_SinceTheWindowsLastFrameWasSent()
    {
        var time = new FakeTimeProvider();
        var clock = new DecisionClock(fromCapture: false, time);
        for (ulong i = 1; i <= 20; i++)
        {
            clock.Sending(TestFrames.Make(i));
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(5, clock.Elapsed(new Prediction { LastSequence = 16 }).TotalMilliseconds);
        Assert.Equal(1, clock.Elapsed(new Prediction { LastSequence = 20 }).TotalMilliseconds);
    }
}
