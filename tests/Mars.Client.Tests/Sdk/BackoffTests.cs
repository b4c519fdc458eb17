using Microsoft.Extensions.Time.Testing;

namespace Mars.Client.Tests.Sdk;

public sealed class BackoffTests
{
    private static readonly ReconnectOptions Options = new()
    {
        InitialDelay = TimeSpan.FromMilliseconds(100),
        MaxDelay = TimeSpan.FromSeconds(1),
        Factor = 2,
        Jitter = 0.5,
        GiveUpAfter = TimeSpan.FromSeconds(30),
    };

    [Fact]
    public void Next_WithoutJitter_DoublesUpToTheLimit()
    {
        var backoff = new Backoff(Options, new FakeTimeProvider(), () => 0);

        Assert.Equal([100, 200, 400, 800, 1000, 1000], Enumerable.Range(0, 6).Select(_ => backoff.Next().TotalMilliseconds));
    }

    [Fact]
    public void Next_FullJitter_NeverBelowHalf()
    {
        var backoff = new Backoff(Options, new FakeTimeProvider(), () => 1);

        Assert.Equal([50, 100], [backoff.Next().TotalMilliseconds, backoff.Next().TotalMilliseconds]);
    }

    [Fact]
    public void Next_ServerAsksForLonger_NeverSooner()
    {
        var backoff = new Backoff(Options, new FakeTimeProvider(), () => 0.5);

        Assert.InRange(backoff.Next(TimeSpan.FromSeconds(5)), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.1));
    }

    [Fact]
    public void Reset_AfterSuccess_StartsAnew()
    {
        var backoff = new Backoff(Options, new FakeTimeProvider(), () => 0);
        backoff.Next();
        backoff.Next();

        backoff.Reset();

        Assert.Equal(100, backoff.Next().TotalMilliseconds);
    }

    [Fact]
    public void Exhausted_TimeWithoutConnection_EndsTheTrying()
    {
        var time = new FakeTimeProvider();
        var backoff = new Backoff(Options, time, () => 0);
        backoff.Next();
        Assert.False(backoff.Exhausted);

        time.Advance(TimeSpan.FromSeconds(31));

        Assert.True(backoff.Exhausted);
    }
}
