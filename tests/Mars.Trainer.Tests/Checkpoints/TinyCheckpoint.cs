using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Mars.Trainer.Tests.Checkpoints;

/// <summary>Writes what torch.save writes for {'epoch': 3, 'arch': 'resnext-14', 'state_dict': OrderedDict of float tensors, 'optimizer': {...}}, in both containers.</summary>
internal sealed class TinyCheckpoint
{
    private readonly MemoryStream _pickle = new();
    private byte[] _beside = [];
    private readonly List<(string Key, float[] Values)> _storages = [];

    public static byte[] Legacy(params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        var tiny = new TinyCheckpoint();
        tiny.WriteRoot(tensors, legacy: true);
        using var file = new MemoryStream();
        file.Write([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.']); // the magic number
        file.Write([0x80, 2, (byte)'M', 0xe9, 0x03, (byte)'.']); // protocol 1001
        file.Write([0x80, 2, (byte)'}', (byte)'q', 0, (byte)'.']); // of which machine
        tiny._pickle.WriteTo(file);
        var keys = new TinyCheckpoint();
        keys.Raw(0x80, 2, ']', '(');
        foreach (var (key, _) in tiny._storages)
            keys.Text(key);
        keys.Raw('e', '.');
        keys._pickle.WriteTo(file);
        Span<byte> count = stackalloc byte[8];
        foreach (var (_, values) in tiny._storages)
        {
            BinaryPrimitives.WriteInt64LittleEndian(count, values.Length);
            file.Write(count);
            file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        }
        return file.ToArray();
    }

    public static byte[] Zip(params (string Name, long[] Shape, float[] Values)[] tensors) => Zip([], tensors);

    /// <param name="beside">A pickle whose value lies beside the weights; empty for none.</param>
    /// <param name="tensors">The weights.</param>
    public static byte[] Zip(byte[] beside, params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        var tiny = new TinyCheckpoint { _beside = beside };
        tiny.WriteRoot(tensors, legacy: false);
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            void Add(string name, ReadOnlySpan<byte> bytes)
            {
                using var entry = archive.CreateEntry($"archive/{name}", CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
            Add("data.pkl", tiny._pickle.ToArray());
            foreach (var (key, values) in tiny._storages)
                Add($"data/{key}", System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
            Add("version", "3\n"u8);
        }
        return file.ToArray();
    }

    private void WriteRoot((string Name, long[] Shape, float[] Values)[] tensors, bool legacy)
    {
        Raw(0x80, 2, '}', 'q', 0, '(');
        Text("epoch");
        Raw('K', 3);
        Text("arch");
        Text("resnext-14");
        Text("state_dict");
        Global("collections", "OrderedDict");
        Raw(')', 'R', '(');
        foreach (var (name, shape, values) in tensors)
        {
            Text(name);
            Tensor(shape, values, legacy);
        }
        Raw('u', '}');
        Text("_metadata");
        Raw('}', 's', 'b'); // BUILD with {'_metadata': {}}
        if (_beside.Length > 0)
        {
            Text("beside");
            _pickle.Write(_beside.AsSpan()[2..^1]); // without its protocol and its end
        }
        Text("optimizer");
        Raw('}', '(');
        Text("momentum_buffer");
        Tensor([2], [5, 6], legacy);
        Text("lr");
        Raw('G', 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a);
        Raw('u', 'u', '.');
    }

    private void Tensor(long[] shape, float[] values, bool legacy)
    {
        var known = _storages.FindIndex(s => ReferenceEquals(s.Values, values)); // the same array is the same storage
        var key = $"{(known < 0 ? _storages.Count : known)}";
        if (known < 0)
            _storages.Add((key, values));
        Global("torch._utils", "_rebuild_tensor_v2");
        Raw('(', '(');
        Text("storage");
        Global("torch", "FloatStorage");
        Text(key);
        Text("cuda:0");
        Int(values.Length);
        if (legacy)
            Raw('N');
        Raw('t', 'Q', 'K', 0, '(');
        foreach (var n in shape)
            Int(n);
        Raw('t', '(');
        for (var i = 0; i < shape.Length; i++)
            Int(shape.Skip(i + 1).Aggregate(1L, (a, b) => a * b));
        Raw('t', 0x89);
        Global("collections", "OrderedDict");
        Raw(')', 'R', 't', 'R');
    }

    private void Int(long value)
    {
        var bytes = new byte[5];
        bytes[0] = (byte)'J';
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), (int)value);
        _pickle.Write(bytes);
    }

    private void Global(string module, string name) => _pickle.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    private void Text(string text)
    {
        var bytes = new byte[5 + text.Length];
        bytes[0] = (byte)'X';
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), text.Length);
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(5));
        _pickle.Write(bytes);
    }

    private void Raw(params ReadOnlySpan<int> bytes)
    {
        foreach (var value in bytes)
            _pickle.WriteByte((byte)value);
    }
}
