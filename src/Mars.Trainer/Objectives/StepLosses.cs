namespace Mars.Trainer.Objectives;

/// <summary>What a batch gave, before its step.</summary>
/// <param name="Classification">Mean cross-entropy; 0 where it is not part of the objective.</param>
/// <param name="Distillation">alpha * mean squared distance to the teacher; 0 where there is none.</param>
/// <param name="Right">Clips whose class has the highest logit.</param>
internal readonly record struct StepLosses(double Classification, double Distillation, int Right)
{
    public double Total => Classification + Distillation;
}
