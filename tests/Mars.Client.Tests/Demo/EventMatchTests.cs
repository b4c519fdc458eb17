using Mars.Client.Demo;

namespace Mars.Client.Tests.Demo;

public sealed class EventMatchTests
{
    private static readonly TruthSegment[] Truth =
    [
        JudgedWindowTests.Segment("idle", 0, 1), JudgedWindowTests.Segment("walk", 1, 3), JudgedWindowTests.Segment("idle", 3, 4), JudgedWindowTests.Segment("jump", 4, 5),
    ];

    [Fact]
    public void Of_LabelAndTimeAgree_Found()
    {
        var match = EventMatch.Of([Event("walk", 2.5, 3.4)], Truth);

        Assert.Equal("walk", Assert.Single(match.Found).Label);
        Assert.Equal("jump", Assert.Single(match.Missed).Label);
        Assert.Empty(match.False);
    }

    [Theory]
    [InlineData("walk", 3.0, 4.0)]
    [InlineData("jump", 1.0, 3.0)]
    [InlineData("run", 0.0, 9.0)]
    public void Of_TimeOrLabelDiffers_False(string label, double start, double end)
    {
        var match = EventMatch.Of([Event(label, start, end)], Truth);

        Assert.Empty(match.Found);
        Assert.Equal(label, Assert.Single(match.False).Label);
    }

    [Fact]
    public void Of_EventWithoutEnd_LastsOn() => Assert.Equal("jump", Assert.Single(EventMatch.Of([Event("jump", 0, null)], Truth).Found).Label);

    private static FoundEvent Event(string label, double start, double? end) =>
        new("id", label, JudgedWindowTests.Seconds(start), end is { } e ? JudgedWindowTests.Seconds(e) : null, 1);
}
