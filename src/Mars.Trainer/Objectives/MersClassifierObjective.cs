using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Objectives;

/// <summary>MERS, second step: the last layer alone learns the labels, on the features of the first step, which are frozen.</summary>
internal sealed class MersClassifierObjective : IObjective
{
    public Modality Modality => Modality.Rgb;

    public bool Learns(string parameter) => Losses.IsClassifier(parameter);

    public void SetMode(ResNeXt3D network) => network.eval();

    public StepLosses Backward(ResNeXt3D network, ClipTensors clips, double share)
    {
        using var scope = NewDisposeScope();
        var (logits, loss) = Classify(network, clips);
        loss.Times(share).backward();
        return new StepLosses(loss.ToDouble(), 0, Losses.Right(logits, clips.Classes));
    }

    /// <summary>Cross-entropy whose gradient reaches the last layer only.</summary>
    public static (Tensor Logits, Tensor Loss) Classify(ResNeXt3D network, ClipTensors clips)
    {
        Tensor features;
        using (no_grad())
            features = network.forward(clips.For(network)).Features;
        var logits = network.Fc.forward(features);
        return (logits, nn.functional.cross_entropy(logits, clips.Classes));
    }
}
