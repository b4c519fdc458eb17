using Mars.Inference.Batching;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Inference.Tests.Batching;

public sealed class DegradationLadderTests
{
    private readonly FakeTimeProvider _time = new();
    private double _load;

    // A machine that can answer 10 windows a second, and cameras that ask for ever more of them.
    [Theory]
    [InlineData(9, 0, 1)]
    [InlineData(15, 1, 2)]
    [InlineData(30, 2, 4)]
    [InlineData(60, 3, 8)]
    [InlineData(100, 4, 16)]
    [InlineData(10_000, 7, 64)]
    public void Step_UnderALoad_IsTheFirstThatFits(int due, int expected, int factor)
    {
        var ladder = new DegradationLadder(_time, DegradationLadder.Last, () => _load);
        Run(ladder, due, seconds: 60);
        Assert.Equal(expected, ladder.Step);
        Assert.Equal(factor, ladder.StrideFactor);
    }

    [Fact]
    public void Step_LoadGone_RecoversByItselfAndDoesNotSwing()
    {
        var ladder = new DegradationLadder(_time, DegradationLadder.Last, () => _load);
        Run(ladder, due: 100, seconds: 60);
        Assert.Equal(4, ladder.Step);
        Run(ladder, due: 15, seconds: 120);
        var steps = Enumerable.Range(0, 60).Select(_ =>
        {
            Run(ladder, due: 15, seconds: 1);
            return ladder.Step;
        }).Distinct();
        Assert.Equal([1], steps);
        Run(ladder, due: 3, seconds: 30);
        Assert.Equal(0, ladder.Step);
    }

    [Fact]
    public void Step_AllCamerasGone_Recovers()
    {
        var ladder = new DegradationLadder(_time, DegradationLadder.Last, () => _load);
        Run(ladder, due: 100, seconds: 60);
        _load = 0;
        Assert.Equal(4, ladder.Step);
        for (var i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(3 - i, ladder.Step);
        }
    }

    // Where decoding is what is too slow, windows come seldom, and each that comes is answered.
    [Theory]
    [InlineData(90, 10, 1)]
    [InlineData(99, 1, 0)]
    [InlineData(900, 600, 2)] // many, so a second is enough for a step
    public void Step_FramesWaitForDecoders_GoesUpThoughEveryWindowIsAnswered(int taken, int late, int expected)
    {
        var ladder = new DegradationLadder(_time, DegradationLadder.Last, () => 0.3);
        for (var second = 0; second <= 3; second++)
        {
            for (var i = 0; i < taken; i++)
                ladder.FrameTaken();
            for (var i = 0; i < late; i++)
                ladder.FrameLate();
            ladder.Ended(answered: true);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(expected, ladder.Step);
    }

    // The windows that waited before a step up end after it.
    [Fact]
    public void Step_RightAfterAStepUp_WhatCameBeforeIsNotHeldAgainstIt()
    {
        var ladder = new DegradationLadder(_time, DegradationLadder.Last, () => 1);
        Miss(100);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, ladder.Step);
        _time.Advance(TimeSpan.FromSeconds(0.4));
        Miss(100);
        _time.Advance(TimeSpan.FromSeconds(1.2));
        Assert.Equal(1, ladder.Step);
        Miss(100);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, ladder.Step);

        void Miss(int windows)
        {
            for (var i = 0; i < windows; i++)
                ladder.Ended(answered: false);
        }
    }

    [Fact]
    public void Step_HighestOfTwo_NeverRefuses()
    {
        var ladder = new DegradationLadder(_time, 2, () => _load);
        Run(ladder, due: 1000, seconds: 60);
        Assert.Equal(2, ladder.Step);
    }

    private void Run(DegradationLadder ladder, int due, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            var asked = (double)due / ladder.StrideFactor;
            _load = Math.Min(1, asked / 10);
            for (var n = 0; n < asked; n++)
                ladder.Ended(answered: n < 10);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
