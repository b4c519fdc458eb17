using static TorchSharp.torch;

namespace Mars.Trainer.Pickle;

/// <summary>
/// The names that a checkpoint needs: OrderedDict, the storages, putting a tensor or a parameter together, and what training scripts keep beside the weights (numbers and
/// arrays of numpy, their arguments), which is passed over. Nothing else is accepted.
/// </summary>
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

    // Containers that scripts keep their figures in.
    private static readonly HashSet<string> Dictionaries = new([OrderedDictionary, "collections.defaultdict", "collections.Counter"], StringComparer.Ordinal);

    // Plain values; numpy 2 has renamed its module. Protocol 2 has no bytes: Python writes them as a text that is encoded.
    private static readonly HashSet<string> PassedOver = new(
        [
            "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
            "_codecs.encode", "argparse.Namespace", "torch.Size", "torch.device", "torch.float32", "torch.float64", "torch.float16", "torch.bfloat16", "torch.int64", "torch.int32",
            "__builtin__.set", "__builtin__.int", "__builtin__.float", "__builtin__.list", "__builtin__.dict", "__builtin__.bytearray",
        ],
        StringComparer.Ordinal);

    /// <summary>Every storage the pickle speaks of, by its key.</summary>
    public Dictionary<string, StorageReference> Storages { get; } = new(StringComparer.Ordinal);

    public object Global(string name)
    {
        // On a GPU the authors' storages were torch.cuda.FloatStorage; their numbers are the same.
        var plain = name.Replace("torch.cuda.", "torch.", StringComparison.Ordinal);
        plain = plain.Replace("builtins.", "__builtin__.", StringComparison.Ordinal); // Python 3 and 2
        return plain is RebuildTensor or RebuildParameter || Dictionaries.Contains(plain) || PassedOver.Contains(plain) || StorageTypes.ContainsKey(plain)
            ? new PickleGlobal(plain)
            : throw new InvalidDataException(
                $"it asks for {name}, which Mars does not know and never runs. If you trust the file, save its weights alone: in Python "
                + "c = torch.load(FILE, map_location='cpu', weights_only=False), then torch.save(c['state_dict'], NEW), or torch.save(c.state_dict(), NEW) where c is a whole model");
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
        { } name when Dictionaries.Contains(name) && arguments is [] or [null or PickleGlobal or PickleDictionary] => arguments is [PickleDictionary filled] ? filled : new PickleDictionary(),
        { } name when PassedOver.Contains(name) => new PickleGlobal(name),
        RebuildTensor when arguments is [StorageReference storage, long offset, object?[] size, object?[] stride, ..] => TensorReference.Create(storage, offset, size, stride),
        RebuildParameter when arguments is [TensorReference data, ..] => data,
        _ => throw new InvalidDataException("it calls something with arguments that torch.save does not write"),
    };
}
