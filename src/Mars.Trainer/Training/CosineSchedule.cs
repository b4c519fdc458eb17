namespace Mars.Trainer.Training;

/// <summary>Half a cosine from the full rate to nothing over all epochs: for short trainings, where a plateau never comes. Not the authors' way.</summary>
internal sealed class CosineSchedule(double rate, int epochs) : ILearningRateSchedule
{
    public double Rate(double epoch) => rate * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, epoch / epochs)));

    public void EpochEnded(double validationLoss, bool comparable = true)
    {
    }

    public IReadOnlyDictionary<string, double> Save() => new Dictionary<string, double>();

    public void Restore(IReadOnlyDictionary<string, double> saved)
    {
    }
}
