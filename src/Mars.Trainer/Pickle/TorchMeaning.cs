using static TorchSharp.torch;

namespace Mars.Trainer.Pickle;

/// <summary>The names that a checkpoint of tensors needs: OrderedDict, the storages, and putting a tensor or a parameter together. Nothing else is accepted.</summary>
internal sealed class TorchMeaning : IPickleMeaning
{
    private const string OrderedDictionary = "collections.OrderedDict";
    private const string RebuildTensor = "torch._utils._rebuild_tensor_v2";
    private const string RebuildParameter = "torch._utils._rebuild_parameter";

    private static readonly Dictionary<string, ScalarType> StorageTypes = new(StringComparer.Ordinal)
    {
        ["torch.FloatStorage"] = ScalarType.Float32,
        ["torch.HalfStorage"] = ScalarType.Float16,
        ["torch.BFloat16Storage"] = ScalarType.BFloat16,
        ["torch.DoubleStorage"] = ScalarType.Float64,
        ["torch.LongStorage"] = ScalarType.Int64,
        ["torch.IntStorage"] = ScalarType.Int32,
    };

    /// <summary>Every storage the pickle speaks of, by its key.</summary>
    public Dictionary<string, StorageReference> Storages { get; } = new(StringComparer.Ordinal);

    public object Global(string name)
    {
        // On a GPU the authors' storages were torch.cuda.FloatStorage; their numbers are the same.
        var plain = name.Replace("torch.cuda.", "torch.", StringComparison.Ordinal);
        return plain is OrderedDictionary or RebuildTensor or RebuildParameter || StorageTypes.ContainsKey(plain)
            ? new PickleGlobal(plain)
            : throw new InvalidDataException($"it asks for {name}, which a checkpoint of tensors does not need: that may be an attack, or a whole pickled model. Save model.state_dict() instead");
    }

    public object Persistent(object?[] id)
    {
        if (id is not ["storage", PickleGlobal type, string key, string, long count, ..] || id.Length > 6 || !StorageTypes.TryGetValue(type.Name, out var scalar) || count < 0)
            throw new InvalidDataException("it speaks of a storage in a way that torch.save does not");
        if (id is [.., not null] && id.Length == 6)
            throw new InvalidDataException("it holds views of storages, which old versions of PyTorch wrote: load and save it again with a newer one");
        if (!Storages.TryGetValue(key, out var storage))
            Storages[key] = storage = new StorageReference(key, scalar, count);
        return storage.Type == scalar && storage.Count == count ? storage : throw new InvalidDataException($"it gives the storage {key} two sizes");
    }

    public object Call(object? callee, object?[] arguments) => (callee as PickleGlobal)?.Name switch
    {
        OrderedDictionary when arguments.Length == 0 => new PickleDictionary(),
        RebuildTensor when arguments is [StorageReference storage, long offset, object?[] size, object?[] stride, ..] => TensorReference.Create(storage, offset, size, stride),
        RebuildParameter when arguments is [TensorReference data, ..] => data,
        _ => throw new InvalidDataException("it calls something with arguments that torch.save does not write"),
    };
}
