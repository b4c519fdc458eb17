namespace Mars.Trainer.Training;

/// <summary>Lets another schedule's rate grow from nothing over the first epochs.</summary>
internal sealed class WarmUpSchedule(ILearningRateSchedule schedule, double epochs) : ILearningRateSchedule
{
    public double Rate(double epoch) => schedule.Rate(epoch) * (epochs > 0 ? Math.Clamp((epoch + 0.01) / epochs, 0, 1) : 1);

    public void EpochEnded(double validationLoss, bool comparable = true) => schedule.EpochEnded(validationLoss, comparable);

    public IReadOnlyDictionary<string, double> Save() => schedule.Save();

    public void Restore(IReadOnlyDictionary<string, double> saved) => schedule.Restore(saved);
}
