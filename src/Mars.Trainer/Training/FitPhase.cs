using Mars.Trainer.Objectives;

namespace Mars.Trainer.Training;

/// <summary>A stretch of epochs with one objective, one optimizer and one schedule. All streams have one, two-step MERS has two.</summary>
/// <param name="Objective">What is learnt.</param>
/// <param name="First">Its first epoch, counted from 0.</param>
/// <param name="Epochs">How many.</param>
internal sealed record FitPhase(IObjective Objective, int First, int Epochs)
{
    public int End => First + Epochs;
}
