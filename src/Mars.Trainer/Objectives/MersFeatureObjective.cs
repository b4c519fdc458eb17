using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Objectives;

/// <summary>MERS, first step: every layer but the last learns the flow stream's feature, and no label is seen.</summary>
internal sealed class MersFeatureObjective(Teacher teacher) : IObjective
{
    public Modality Modality => Modality.RgbFlow;

    public bool WatchesTeacher => true;

    public bool Learns(string parameter) => !Losses.IsClassifier(parameter);

    public StepLosses Backward(ResNeXt3D network, ClipTensors clips, double share)
    {
        using var scope = NewDisposeScope();
        var output = network.forward(clips.For(network));
        var distillation = teacher.Distance(output, clips);
        distillation.Times(share).backward();
        return new StepLosses(0, distillation.ToDouble(), Losses.Right(output.Logits, clips.Classes));
    }
}
