namespace Mars.Trainer.Training;

/// <summary>What an epoch gave.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Epochs">In all.</param>
/// <param name="Loss">Mean cross-entropy of the training clips, as they were seen.</param>
/// <param name="ClipAccuracy">Part of the training clips that were right, as they were seen.</param>
/// <param name="ValidationLoss">Mean cross-entropy of the validation clips after the epoch.</param>
/// <param name="ValidationAccuracy">Part of the validation videos that were right.</param>
/// <param name="Rate">Learning rate at the epoch's end.</param>
/// <param name="ClipsPerSecond">Training clips a second.</param>
/// <param name="Remaining">Estimate for the epochs to come.</param>
/// <param name="Best">The lowest validation loss so far.</param>
internal sealed record EpochReport(
    int Epoch, int Epochs, double Loss, double ClipAccuracy, double ValidationLoss, double ValidationAccuracy, double Rate, double ClipsPerSecond, TimeSpan Remaining, bool Best);
