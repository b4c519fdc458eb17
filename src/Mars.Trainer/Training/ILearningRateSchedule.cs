namespace Mars.Trainer.Training;

/// <summary>Says how large a step is.</summary>
internal interface ILearningRateSchedule
{
    /// <summary>The learning rate at a moment of the training.</summary>
    /// <param name="epoch">Epochs trained so far, with the part of the running one.</param>
    double Rate(double epoch);

    /// <summary>Told the validation loss after each epoch, and whether it compares with those before.</summary>
    void EpochEnded(double validationLoss, bool comparable = true);

    /// <summary>All that must outlive a killed run, by name.</summary>
    IReadOnlyDictionary<string, double> Save();

    void Restore(IReadOnlyDictionary<string, double> saved);
}
