using Mars.Client.Load;

namespace Mars.Client.Tests.Load;

public sealed class SendPlanTests
{
    private static readonly LoadOptions Plain = new() { Cameras = 1 };

    [Fact]
    public void NoJitter_FramesAreSentWhenTheyAreTaken()
    {
        var slots = Take(Plain, 3);

        Assert.Equal([1ul, 2, 3], slots.Select(s => s.Sequence));
        Assert.Equal([100.0, 140, 180], slots.Select(s => Math.Round(s.Capture.TotalMilliseconds, 3)));
        Assert.All(slots, s => Assert.Equal(s.Capture, s.Send));
    }

    [Fact]
    public void Jitter_LaterByAtMostThat_InOrder_AndTakenAsPlanned()
    {
        var slots = Take(Plain with { Jitter = TimeSpan.FromMilliseconds(100) }, 200);

        Assert.All(slots, s => Assert.InRange((s.Send - s.Capture).TotalMilliseconds, 0, 100));
        Assert.Contains(slots, s => (s.Send - s.Capture).TotalMilliseconds > 50);
        Assert.Equal(slots.Select(s => s.Send).Order(), slots.Select(s => s.Send));
        Assert.Equal(Take(Plain, 200).Select(s => s.Capture), slots.Select(s => s.Capture));
    }

    [Fact]
    public void Bursts_FramesOfTheHoldLeaveTogetherAtItsEnd()
    {
        var slots = Take(Plain with { BurstEvery = TimeSpan.FromSeconds(2), BurstHold = TimeSpan.FromMilliseconds(500) }, 100);

        // Taken from 2.0 to 2.5 s: none lost, all at 2.5 s.
        var held = slots.Where(s => s.Capture >= TimeSpan.FromSeconds(2) && s.Capture < TimeSpan.FromSeconds(2.5)).ToList();
        Assert.InRange(held.Count, 12, 13);
        Assert.All(held, s => Assert.Equal(TimeSpan.FromSeconds(2.5), s.Send));
        Assert.All(slots.Where(s => s.Capture > TimeSpan.FromSeconds(2.5) && s.Capture < TimeSpan.FromSeconds(4)), s => Assert.Equal(s.Capture, s.Send));
    }

    private static List<FrameSlot> Take(LoadOptions options, int count)
    {
        var plan = new SendPlan(options, TimeSpan.FromMilliseconds(100), new Random(1));
        var slots = new List<FrameSlot>();
        for (var i = 0; i < count; i++)
        {
            slots.Add(plan.Next);
            plan.Advance();
        }
        return slots;
    }
}
