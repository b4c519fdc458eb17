using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Objectives;

/// <summary>MARS: cross-entropy + alpha * distance to the flow stream's feature, through the whole network.</summary>
internal sealed class MarsObjective(Teacher teacher) : IObjective
{
    public Modality Modality => Modality.RgbFlow;

    public StepLosses Backward(ResNeXt3D network, ClipTensors clips, double share)
    {
        using var scope = NewDisposeScope();
        var output = network.forward(clips.For(network));
        var classification = nn.functional.cross_entropy(output.Logits, clips.Classes);
        var distillation = teacher.Distance(output, clips);
        classification.Plus(distillation).Times(share).backward();
        return new StepLosses(classification.ToDouble(), distillation.ToDouble(), Losses.Right(output.Logits, clips.Classes));
    }
}
