namespace Mars.Trainer.Training;

/// <summary>Means over the clips of an epoch, as they were seen.</summary>
/// <param name="Classification">Cross-entropy.</param>
/// <param name="Distillation">alpha * distance to the teacher; 0 without one.</param>
/// <param name="Accuracy">Part of the clips that were right.</param>
/// <param name="ClipsPerSecond">Speed, with loading and all.</param>
internal readonly record struct TrainedEpoch(double Classification, double Distillation, double Accuracy, double ClipsPerSecond);
