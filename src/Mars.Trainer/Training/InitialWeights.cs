using Mars.Inference.Models;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using static TorchSharp.torch;

namespace Mars.Trainer.Training;

/// <summary>First weights from another training, ours or the authors' (pretrain_path).</summary>
internal static class InitialWeights
{
    /// <summary>Takes over every tensor; the last layer stays as it was drawn where its classes are others, by name or by number.</summary>
    /// <param name="network">To be trained.</param>
    /// <param name="labels">Of its classes.</param>
    /// <param name="pretrained">Stays the caller's.</param>
    /// <exception cref="InvalidDataException">They are of another network.</exception>
    public static void Apply(ResNeXt3D network, IReadOnlyList<string> labels, NamedNetwork pretrained)
    {
        using var frozen = no_grad();
        var weights = pretrained.Network.state_dict();
        foreach (var (name, target) in network.state_dict())
        {
            if (Losses.IsClassifier(name) && !pretrained.Knows(labels))
                continue;
            if (!weights.TryGetValue(name, out var source))
                throw new InvalidDataException($"the pretrained network has no {name}: its depth or shortcut is another");
            if (source.shape.SequenceEqual(target.shape))
                target.copy_(source);
            else
                throw new InvalidDataException($"the pretrained network's {name} is {string.Join('x', source.shape)} and not {string.Join('x', target.shape)}: give its --depth, --width and --stream");
        }
    }

    /// <summary>Whether it is a model package's folder.</summary>
    public static bool IsPackage(string path) => File.Exists(Path.Combine(path, ModelManifest.FileName));

    /// <summary>Reads a network from a run's folder, one of our checkpoints, a model package or a checkpoint of the authors.</summary>
    /// <param name="path">A folder, .safetensors or .pth.</param>
    /// <param name="frames">Of a clip, which the authors' files do not tell.</param>
    public static NamedNetwork Load(string path, int frames)
    {
        if (IsPackage(path))
            return PackageNetwork.Load(path);
        if (Directory.Exists(path))
            path = Path.Combine(path, Checkpoint.LastName);
        if (Path.GetExtension(path) == ".safetensors")
        {
            var checkpoint = Checkpoint.Load(path);
            foreach (var velocity in checkpoint.Momentum.Values)
                velocity.Dispose();
            return new NamedNetwork(checkpoint.Network, checkpoint.State.Labels);
        }
        var tensors = TorchCheckpoint.Read(path);
        try
        {
            return new NamedNetwork(AuthorsNetwork.Build(tensors, frames), null);
        }
        finally
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }
    }
}
