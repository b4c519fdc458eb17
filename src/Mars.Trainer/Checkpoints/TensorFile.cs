using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Mars.Trainer.Checkpoints;

/// <summary>
/// Reads and writes named tensors in the safetensors format (https://github.com/huggingface/safetensors): 8 bytes of header length, a JSON header, the bytes. It
/// holds data only, so that reading one can execute nothing.
/// </summary>
internal static class TensorFile
{
    private const string MetadataName = "__metadata__";
    private const long MaxHeader = 100_000_000;

    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["F32"] = ScalarType.Float32,
        ["F16"] = ScalarType.Float16,
        ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64,
        ["U8"] = ScalarType.Byte,
    };

    /// <summary>Writes to a temporary name and renames: whoever is killed in the middle leaves the old file whole.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new Dictionary<string, object> { [MetadataName] = metadata };
        long offset = 0;
        foreach (var (name, tensor) in tensors)
        {
            var length = tensor.numel() * tensor.element_size();
            var type = Types.First(t => t.Value == tensor.dtype).Key;
            header[name] = new { dtype = type, shape = tensor.shape, data_offsets = new[] { offset, offset + length } };
            offset += length;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var temporary = path + ".new";
        using (var file = File.Create(temporary))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
            file.Write(length);
            file.Write(json);
            foreach (var tensor in tensors.Values)
            {
                using var scope = NewDisposeScope();
                file.Write(tensor.detach().cpu().contiguous().bytes);
            }
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads all tensors (on the CPU, owned by the caller) and the metadata.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="metadataOnly">Leave the tensors where they are.</param>
    /// <exception cref="InvalidDataException">It is not such a file, or lies about its sizes.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Read(string path, bool metadataOnly = false)
    {
        using var file = File.OpenRead(path);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            Span<byte> prefix = stackalloc byte[8];
            file.ReadExactly(prefix);
            var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
            if (length is < 2 or > MaxHeader || length > file.Length - 8)
                throw new InvalidDataException("its header has an impossible length");
            var json = new byte[length];
            file.ReadExactly(json);
            using var header = JsonDocument.Parse(json);
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == MetadataName)
                {
                    foreach (var pair in entry.Value.EnumerateObject())
                        metadata[pair.Name] = pair.Value.GetString() ?? "";
                }
                else if (!metadataOnly)
                {
                    tensors[entry.Name] = ReadTensor(file, 8 + length, entry.Value);
                }
            }
            return (tensors, metadata);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw new InvalidDataException($"{path} is not a checkpoint of this trainer: {e.Message}", e);
        }
    }

    private static Tensor ReadTensor(FileStream file, long data, JsonElement entry)
    {
        if (!Types.TryGetValue(entry.GetProperty("dtype").GetString() ?? "", out var type))
            throw new InvalidDataException("it holds a type of number that is not known");
        var shape = entry.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        var offsets = entry.GetProperty("data_offsets");
        long from = offsets[0].GetInt64(), to = offsets[1].GetInt64();
        var elements = shape.Aggregate(1L, (a, b) => b < 0 ? throw new InvalidDataException("a negative size") : checked(a * b));
        var size = type switch { ScalarType.Int64 => 8, ScalarType.Float32 => 4, ScalarType.Byte => 1, _ => 2 };
        if (from < 0 || to - from != elements * size || to > file.Length - data)
            throw new InvalidDataException("a tensor's size and place do not fit");
        var bytes = new byte[to - from];
        file.Position = data + from;
        file.ReadExactly(bytes);
        var tensor = empty(shape, type);
        tensor.bytes = bytes;
        return tensor;
    }
}
