using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Objectives;

/// <summary>
/// MERS in one pass, as the authors' code has it: in each step a forward for the distance to the teacher, then another one whose cross-entropy reaches the last
/// layer only. Both are in training mode, so that the batch norms see each batch twice, and one optimizer holds all parameters.
/// </summary>
internal sealed class MersJointObjective(Teacher teacher) : IObjective
{
    public Modality Modality => Modality.RgbFlow;

    public StepLosses Backward(ResNeXt3D network, ClipTensors clips, double share)
    {
        using var scope = NewDisposeScope();
        var distillation = teacher.Distance(network.forward(clips.For(network)), clips);
        distillation.Times(share).backward();
        var (logits, classification) = MersClassifierObjective.Classify(network, clips);
        classification.Times(share).backward();
        return new StepLosses(classification.ToDouble(), distillation.ToDouble(), Losses.Right(logits, clips.Classes));
    }
}
