using Mars.Trainer.Data;
using Mars.Trainer.Networks;

namespace Mars.Trainer.Objectives;

/// <summary>What a network is trained to do: which loss, of what, and which of its layers learn by it.</summary>
internal interface IObjective
{
    /// <summary>What must be loaded of each clip.</summary>
    Modality Modality { get; }

    /// <summary>Whether the loss that the schedule and the choice of the best epoch watch is the distance to the teacher, and not the cross-entropy.</summary>
    bool WatchesTeacher => false;

    /// <summary>Whether a parameter is changed.</summary>
    bool Learns(string parameter) => true;

    /// <summary>Sets the network's mode for an epoch: whether batch norms use and learn the statistics of the batch.</summary>
    void SetMode(ResNeXt3D network) => network.train();

    /// <summary>Computes the losses of a batch and adds their gradients to the network's.</summary>
    /// <param name="network">The one that learns.</param>
    /// <param name="clips">The batch.</param>
    /// <param name="share">Factor of the gradients: one over the batches that make a step.</param>
    StepLosses Backward(ResNeXt3D network, ClipTensors clips, double share);
}
