using System.Text.Json;
using Mars.Trainer.Networks;
using static TorchSharp.torch;

namespace Mars.Trainer.Checkpoints;

/// <summary>A network, its optimizer's momentum and the state of its run, in one file. No random state is needed: clips are drawn from (seed, epoch) and nothing else is random.</summary>
internal static class Checkpoint
{
    public const string LastName = "last.safetensors";
    public const string BestName = "best.safetensors";

    private const string ModelPrefix = "model.";
    private const string MomentumPrefix = "momentum.";
    private const string StateName = "run";

    private static readonly JsonSerializerOptions Json = new() { RespectNullableAnnotations = true };

    public static void Save(string path, ResNeXt3D network, IReadOnlyDictionary<string, Tensor> momentum, RunState state)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in network.state_dict())
            tensors[ModelPrefix + name] = tensor;
        foreach (var (name, tensor) in momentum)
            tensors[MomentumPrefix + name] = tensor;
        TensorFile.Write(path, tensors, new Dictionary<string, string> { [StateName] = JsonSerializer.Serialize(state, Json) });
    }

    /// <summary>Builds the network of a checkpoint with its weights, on the CPU.</summary>
    public static LoadedCheckpoint Load(string path)
    {
        var (tensors, state) = Read(path);
        var network = new ResNeXt3D(state.Shape);
        var momentum = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        using var frozen = no_grad();
        foreach (var (name, target) in network.state_dict())
        {
            if (!tensors.Remove(ModelPrefix + name, out var source) || !source.shape.SequenceEqual(target.shape))
                throw new InvalidDataException($"{path}: {name} is missing or of another shape than its network");
            target.copy_(source);
            source.Dispose();
        }
        foreach (var (name, tensor) in tensors)
        {
            if (!name.StartsWith(MomentumPrefix, StringComparison.Ordinal))
                throw new InvalidDataException($"{path}: {name} belongs to no layer of its network");
            momentum[name[MomentumPrefix.Length..]] = tensor;
        }
        return new LoadedCheckpoint(network, momentum, state);
    }

    /// <summary>What a checkpoint says beside its tensors.</summary>
    public static RunState ReadState(string path) => Read(path, stateOnly: true).State;

    private static (Dictionary<string, Tensor> Tensors, RunState State) Read(string path, bool stateOnly = false)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path} does not exist: train first with 'fit --run {Path.GetDirectoryName(path)}'");
        var (tensors, metadata) = TensorFile.Read(path, stateOnly);
        try
        {
            var state = JsonSerializer.Deserialize<RunState>(metadata.GetValueOrDefault(StateName, "null"), Json);
            return (tensors, state ?? throw new InvalidDataException($"{path} holds no state of a training run"));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: the state of its run cannot be read: {e.Message}", e);
        }
    }
}
