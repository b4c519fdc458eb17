using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Objectives;

/// <summary>Cross-entropy through the whole network: the RGB and Flow streams.</summary>
internal sealed class ClassificationObjective(Modality modality) : IObjective
{
    public Modality Modality => modality;

    public StepLosses Backward(ResNeXt3D network, ClipTensors clips, double share)
    {
        using var scope = NewDisposeScope();
        var logits = network.forward(clips.For(network)).Logits;
        var loss = nn.functional.cross_entropy(logits, clips.Classes);
        loss.Times(share).backward();
        return new StepLosses(loss.ToDouble(), 0, Losses.Right(logits, clips.Classes));
    }
}
