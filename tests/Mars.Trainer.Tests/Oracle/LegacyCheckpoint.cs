using System.Buffers.Binary;
using System.Text;
using Mars.Trainer.Networks;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Oracle;

/// <summary>
/// Just enough of PyTorch's legacy container to fill a network from the oracle: after five pickles come the storages, each as an element count and its
/// bytes, in the order of the fifth. Only strings are looked for in the pickles; the product's reader comes with `import`.
/// </summary>
internal static class LegacyCheckpoint
{
    private const string Prefix = "module.";

    public static void Fill(ResNeXt3D network, string path)
    {
        var file = File.ReadAllBytes(path);
        var tensors = network.state_dict();
        var data = file.Length - (int)tensors.Values.Sum(t => 8 + (t.numel() * t.element_size()));
        var names = new Dictionary<string, string>();
        var order = new List<string>();
        string? name = null;
        foreach (var text in Strings(file.AsMemory(0, data)))
        {
            if (text.StartsWith(Prefix, StringComparison.Ordinal))
                name = text[Prefix.Length..];
            else if (text.Length > 0 && text.All(char.IsAsciiDigit))
            {
                // A key comes with its tensor's name first, and again, alone, in the fifth pickle.
                if (names.ContainsKey(text))
                    order.Add(text);
                else
                    names[text] = name ?? throw new InvalidDataException($"storage {text} has no name");
                name = null;
            }
        }
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), names.Values.Order(StringComparer.Ordinal));
        using var frozen = no_grad();
        foreach (var key in order)
        {
            using var scope = NewDisposeScope();
            var target = tensors[names[key]];
            Assert.Equal(target.numel(), BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(data)));
            var bytes = (int)(target.numel() * target.element_size());
            var source = empty(target.shape, target.dtype);
            source.bytes = file.AsSpan(data + 8, bytes);
            target.copy_(source);
            data += 8 + bytes;
        }
        Assert.Equal(file.Length, data);
    }

    // Opcode BINUNICODE: 'X', a length of four bytes, UTF-8.
    private static IEnumerable<string> Strings(ReadOnlyMemory<byte> pickles)
    {
        for (var i = 0; i + 5 < pickles.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(pickles.Span[(i + 1)..]);
            if (pickles.Span[i] != (byte)'X' || length is < 1 or > 100 || i + 5 + length > pickles.Length)
                continue;
            yield return Encoding.UTF8.GetString(pickles.Span.Slice(i + 5, length));
            i += 4 + length;
        }
    }
}
