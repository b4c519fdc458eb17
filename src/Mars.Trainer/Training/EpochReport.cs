namespace Mars.Trainer.Training;

/// <summary>What an epoch gave.</summary>
internal sealed record EpochReport
{
    /// <summary>Counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>In all.</summary>
    public required int Epochs { get; init; }

    /// <summary>The training clips.</summary>
    public required TrainedEpoch Trained { get; init; }

    /// <summary>Mean cross-entropy of the validation clips after the epoch; in the first step of MERS alpha * their distance to the teacher.</summary>
    public required double ValidationLoss { get; init; }

    /// <summary>Part of the validation videos that were right.</summary>
    public required double ValidationAccuracy { get; init; }

    /// <summary>Learning rate at the epoch's end.</summary>
    public required double Rate { get; init; }

    /// <summary>Estimate for the epochs to come.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>The lowest validation loss so far.</summary>
    public required bool Best { get; init; }
}
