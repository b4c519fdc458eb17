using Mars.Trainer.Training;

namespace Mars.Trainer.Tests.Training;

public class ScheduleTests
{
    [Fact]
    public void Plateau_StandingStillForMoreThanPatience_FallsToATenth()
    {
        var schedule = new PlateauSchedule(0.1, patience: 2);
        double[] losses = [1.0, 0.9, 0.95, 0.89995, 0.91]; // 0.89995 is better than 0.9 by less than a part in 10,000
        double[] rates = [0.1, 0.1, 0.1, 0.1, 0.01];
        for (var i = 0; i < losses.Length; i++)
        {
            schedule.EpochEnded(losses[i]);
            Assert.Equal(rates[i], schedule.Rate(i + 1), 1e-12);
        }
        schedule.EpochEnded(0.5);
        schedule.EpochEnded(0.6);
        schedule.EpochEnded(0.6);
        Assert.Equal(0.01, schedule.Rate(8), 1e-12);
        schedule.EpochEnded(0.6);
        Assert.Equal(0.001, schedule.Rate(9), 1e-12);
    }

    [Fact]
    public void Plateau_SavedAndRestored_GoesOnCounting()
    {
        var before = new PlateauSchedule(0.1, patience: 1);
        before.EpochEnded(1);
        before.EpochEnded(2);
        var after = new PlateauSchedule(0.1, patience: 1);
        after.Restore(before.Save());
        after.EpochEnded(2);
        Assert.Equal(0.01, after.Rate(3), 1e-12);
    }

    [Fact]
    public void Cosine_BetweenStartAndEnd_FallsFromAllToNothing()
    {
        var schedule = new CosineSchedule(0.2, 10);
        Assert.Equal(0.2, schedule.Rate(0), 1e-12);
        Assert.Equal(0.1, schedule.Rate(5), 1e-12);
        Assert.Equal(0, schedule.Rate(10), 1e-12);
    }

    [Fact]
    public void WarmUp_InItsEpochs_HoldsTheRateDown()
    {
        var schedule = new WarmUpSchedule(new PlateauSchedule(0.1, 10), 2);
        Assert.True(schedule.Rate(0) is > 0 and < 0.001);
        Assert.Equal(0.05, schedule.Rate(1), 1e-3);
        Assert.Equal(0.1, schedule.Rate(2), 1e-12);
        Assert.Equal(0.1, new WarmUpSchedule(new PlateauSchedule(0.1, 10), 0).Rate(0), 1e-12);
    }
}
