using System.Buffers.Binary;
using System.IO.Compression;
using Mars.Trainer.Pickle;
using static TorchSharp.torch;

namespace Mars.Trainer.Checkpoints;

/// <summary>
/// The tensors of a file that torch.save wrote: the legacy container of PyTorch up to 1.5 (five pickles, then the storages) or the zip one. Which device a storage was on
/// does not matter. Nothing is executed, and no size is believed before the file has shown that it is long enough.
/// </summary>
internal static class TorchCheckpoint
{
    private const long LegacyMagic = unchecked((long)0xa86a20f9469cfc6c); // the low eight bytes of 0x1950a86a20f9469cfc6c (torch/serialization.py)
    private const long LegacyProtocol = 1001;

    /// <summary>Reads the state dictionary of a checkpoint: what its key state_dict holds, or the whole of it.</summary>
    /// <returns>Tensors on the CPU by name, without "module."; the caller owns them.</returns>
    /// <exception cref="InvalidDataException">It is no such file, or holds what a checkpoint does not need; the message says which.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <summary>Reads a checkpoint from a stream that knows its length.</summary>
    public static Dictionary<string, Tensor> Read(Stream file, string name)
    {
        try
        {
            Span<byte> head = stackalloc byte[4];
            var zip = file.ReadAtLeast(head, 4, throwOnEndOfStream: false) == 4 && head.SequenceEqual("PK\u0003\u0004"u8);
            file.Position = 0;
            return zip ? ReadZip(file) : ReadLegacy(file);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or OverflowException or NotSupportedException)
        {
            throw new InvalidDataException($"{name} is not a checkpoint that Mars can import: {(e is EndOfStreamException ? "it ends in the middle" : e.Message)}", e);
        }
    }

    private static Dictionary<string, Tensor> ReadLegacy(Stream file)
    {
        // Of a buffer of its own: the pickle machine reads byte by byte.
        using var stream = new BufferedStream(file, 1 << 16);
        var meaning = new TorchMeaning();
        if (PickleReader.Read(stream, meaning) is not LegacyMagic || PickleReader.Read(stream, meaning) is not LegacyProtocol)
            throw new InvalidDataException("it is neither of the two containers of torch.save");
        _ = PickleReader.Read(stream, meaning); // of which machine
        var tensors = References(PickleReader.Read(stream, meaning));
        if (PickleReader.Read(stream, meaning) is not List<object?> keys || !keys.TrueForAll(k => k is string))
            throw new InvalidDataException("its list of storages is damaged");

        var wanted = tensors.Values.Select(t => t.Storage.Key).ToHashSet(StringComparer.Ordinal);
        var data = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            Span<byte> prefix = stackalloc byte[8];
            foreach (var key in keys.Cast<string>())
            {
                if (!meaning.Storages.TryGetValue(key, out var storage) || data.ContainsKey(key))
                    throw new InvalidDataException($"it lists a storage {key} that no tensor uses, or twice");
                stream.ReadExactly(prefix);
                if (BinaryPrimitives.ReadInt64LittleEndian(prefix) != storage.Count || storage.Bytes > stream.Length - stream.Position)
                    throw new InvalidDataException($"its storage {key} is not as long as it says");
                if (wanted.Contains(key))
                    data[key] = ReadStorage(stream, storage);
                else
                    stream.Position += storage.Bytes; // the optimizer's
            }
            return Tensors(tensors, data);
        }
        finally
        {
            Release(data);
        }
    }

    private static Dictionary<string, Tensor> ReadZip(Stream file)
    {
        using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        var pickle = archive.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new InvalidDataException("it is a zip file without data.pkl");
        var folder = pickle.FullName[..^"data.pkl".Length];
        if (archive.GetEntry(folder + "byteorder") is { } order && ReadAll(order) is not [(byte)'l', ..])
            throw new InvalidDataException("its numbers are big-endian: save it again on an ordinary machine");
        var meaning = new TorchMeaning();
        using var stream = new MemoryStream(ReadAll(pickle));
        var tensors = References(PickleReader.Read(stream, meaning));
        var data = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var storage in tensors.Values.Select(t => t.Storage).Distinct())
            {
                var entry = archive.GetEntry($"{folder}data/{storage.Key}") ?? throw new InvalidDataException($"its storage {storage.Key} is missing");
                // torch.save stores without compressing, so that the length of an entry cannot exceed the file's.
                if (entry.Length != storage.Bytes || entry.CompressedLength != entry.Length || entry.Length > file.Length)
                    throw new InvalidDataException($"its storage {storage.Key} is not as long as it says");
                using var content = entry.Open();
                data[storage.Key] = ReadStorage(content, storage);
            }
            return Tensors(tensors, data);
        }
        finally
        {
            Release(data);
        }
    }

    private static byte[] ReadAll(ZipArchiveEntry entry)
    {
        const int Largest = 64 << 20;
        if (entry.Length > Largest || entry.CompressedLength != entry.Length)
            throw new InvalidDataException($"its {entry.Name} is larger than any checkpoint's, or compressed");
        var bytes = new byte[entry.Length];
        using var content = entry.Open();
        content.ReadExactly(bytes);
        return bytes;
    }

    private static Tensor ReadStorage(Stream stream, StorageReference storage)
    {
        if (storage.Bytes > Array.MaxLength)
            throw new InvalidDataException($"its storage {storage.Key} is larger than that of any layer");
        var bytes = new byte[storage.Bytes];
        stream.ReadExactly(bytes);
        var tensor = empty([storage.Count], storage.Type);
        tensor.bytes = bytes;
        return tensor;
    }

    private static Dictionary<string, TensorReference> References(object? root)
    {
        var dictionary = root as PickleDictionary ?? throw new InvalidDataException("it holds no dictionary");
        var state = dictionary["state_dict"] as PickleDictionary ?? dictionary;
        const string Prefix = "module."; // of DataParallel
        var tensors = new Dictionary<string, TensorReference>(StringComparer.Ordinal);
        foreach (var (key, value) in state.Items)
        {
            if (key is not string name || value is not TensorReference tensor)
                throw new InvalidDataException($"its state_dict holds {key}, which is no tensor with a name");
            tensors[name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name] = tensor;
        }
        return tensors;
    }

    private static Dictionary<string, Tensor> Tensors(Dictionary<string, TensorReference> references, Dictionary<string, Tensor> storages)
    {
        // Two layers may share their weights. But each name is a copy, and a small file has room for thousands of names of one storage.
        if (references.Values.Sum(r => r.Count) > 2 * storages.Values.Sum(s => s.numel()))
            throw new InvalidDataException("its tensors have more numbers than its storages hold");
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, reference) in references)
        {
            using var scope = NewDisposeScope();
            if (!storages.TryGetValue(reference.Storage.Key, out var storage))
                throw new InvalidDataException($"its storage {reference.Storage.Key} is missing");
            tensors[name] = storage.narrow(0, reference.Offset, reference.Count).reshape(reference.Size).clone().DetachFromDisposeScope();
        }
        return tensors;
    }

    private static void Release(Dictionary<string, Tensor> tensors)
    {
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
    }
}
