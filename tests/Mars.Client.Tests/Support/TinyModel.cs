using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;

namespace Mars.Client.Tests.Support;

/// <summary>
/// A model package that tells the colour of a clip: logits = (mean red, green, blue) / 8. Written as ONNX by hand (field numbers of onnx.proto), so that the
/// client's tests need neither a trainer nor a trained model.
/// </summary>
internal static class TinyModel
{
    public static readonly string[] Labels = ["red", "green", "blue"];

    /// <summary>
    /// Writes models/<paramref name="name"/>/VERSION/ below <paramref name="models"/>. <paramref name="work"/> matrix products of 256 x 256 slow each run down; the logits of one version may be
    /// <paramref name="scale"/> times another's, and its clips of another <paramref name="size"/>; <paramref name="megabytes"/> of weights make it heavy; with
    /// <paramref name="failsToRun"/> it loads and cannot be run; with <paramref name="maps"/> it also tells the colours of the four quarters.
    /// </summary>
    public static string Write(
        string models, int work = 0, string version = "1", float scale = 1 / 8f, int size = 112, double[]? golden = null, string name = "colour", int megabytes = 0, bool failsToRun = false, bool maps = false)
    {
        var folder = Path.Combine(models, name, version);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), Graph(work, scale, size, megabytes, failsToRun, maps));
        File.WriteAllLines(Path.Combine(folder, "labels.txt"), Labels);
        File.WriteAllText(Path.Combine(folder, "CARD.md"), "# colour\nFor tests.\n");
        var files = Directory.GetFiles(folder).ToDictionary(f => Path.GetFileName(f), f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f))));
        File.WriteAllText(Path.Combine(folder, "manifest.json"), JsonSerializer.Serialize(new { schema = 1, name, version, kind = "rgb", size, classes = Labels.Length, golden = golden ?? [], files }));
        return folder;
    }

    /// <summary>Writes an ensemble or a cascade of packages that are there.</summary>
    public static void WriteSum(string models, string name, string kind, double margin, params string[] members)
    {
        var folder = Path.Combine(models, name, "1");
        Directory.CreateDirectory(folder);
        var labels = Path.Combine(folder, "labels.txt");
        File.WriteAllLines(labels, Labels);
        var files = new Dictionary<string, string> { ["labels.txt"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(labels))) };
        File.WriteAllText(Path.Combine(folder, "manifest.json"), JsonSerializer.Serialize(new { schema = 1, name, version = "1", kind, classes = Labels.Length, members, margin, files }));
    }

    private static byte[] Graph(int work, float factor, int size, int megabytes, bool failsToRun, bool maps)
    {
        var scale = new float[9];
        scale[0] = scale[4] = scale[8] = factor;
        var nodes = new List<byte[]>
        {
            Node("Cast", ["clip"], ["pixels"], Int("to", 1)),
            Node("ReduceMean", ["pixels"], ["features"], Ints("axes", 1, 2, 3), Int("keepdims", 0)),
            Node("MatMul", ["features", "scale"], ["colours"]),
        };
        var tensors = new List<byte[]> { Tensor("scale", [3, 3], scale) };
        var last = "colours";
        if (work > 0)
        {
            // Ballast: products of zeros that end in a zero added to the logits.
            tensors.Add(Tensor("wide", [3, 256], new float[3 * 256]));
            tensors.Add(Tensor("square", [256, 256], new float[256 * 256]));
            tensors.Add(Tensor("narrow", [256, 3], new float[256 * 3]));
            nodes.Add(Node("MatMul", ["features", "wide"], ["w0"]));
            for (var i = 0; i < work; i++)
                nodes.Add(Node("MatMul", [$"w{i}", "square"], [$"w{i + 1}"]));
            nodes.Add(Node("MatMul", [$"w{work}", "narrow"], ["zero"]));
            nodes.Add(Node("Add", ["colours", "zero"], ["slow"]));
            last = "slow";
        }
        if (failsToRun)
        {
            // An index that is known only when it runs, and is none.
            nodes.Add(Node("Cast", [last], ["index"], Int("to", 7)));
            nodes.Add(Node("Gather", ["scale", "index"], ["picked"], Int("axis", 0)));
            nodes.Add(Node("ReduceSum", ["picked"], ["sum"], Int("keepdims", 0)));
            nodes.Add(Node("Add", [last, "sum"], ["failed"]));
            last = "failed";
        }
        if (megabytes > 0)
        {
            var columns = megabytes * (1 << 20) / (3 * sizeof(float));
            tensors.Add(Tensor("heavy", [3, columns], new float[3 * columns]));
            nodes.Add(Node("MatMul", ["features", "heavy"], ["many"]));
            nodes.Add(Node("ReduceSum", ["many"], ["nothing"], Int("keepdims", 1)));
            nodes.Add(Node("Add", [last, "nothing"], ["heavier"]));
            last = "heavier";
        }
        nodes.Add(Node("Identity", [last], ["logits"]));
        if (maps)
        {
            tensors.Add(Tensor("quarters", [7], [-1, 16, 2, size / 2, 2, size / 2, 3]));
            tensors.Add(Tensor("places", [5], [-1, 3, 1, 2, 2]));
            nodes.Add(Node("Cast", ["quarters"], ["in_quarters"], Int("to", 7)));
            nodes.Add(Node("Cast", ["places"], ["in_places"], Int("to", 7)));
            nodes.Add(Node("Reshape", ["pixels", "in_quarters"], ["parts"]));
            nodes.Add(Node("ReduceMean", ["parts"], ["means"], Ints("axes", 1, 3, 5), Int("keepdims", 0)));
            nodes.Add(Node("MatMul", ["means", "scale"], ["scaled"]));
            nodes.Add(Node("Transpose", ["scaled"], ["turned"], Ints("perm", 0, 3, 1, 2)));
            nodes.Add(Node("Reshape", ["turned", "in_places"], ["activation_maps"]));
        }
        var graph = Message(o =>
        {
            nodes.ForEach(n => Write(o, 1, n));
            Write(o, 2, "tiny"u8.ToArray());
            tensors.ForEach(t => Write(o, 5, t));
            Write(o, 11, Value("clip", 2, ["N", 16, size, size, 3]));
            Write(o, 12, Value("logits", 1, ["N", 3]));
            Write(o, 12, Value("features", 1, ["N", 3]));
            if (maps)
                Write(o, 12, Value("activation_maps", 1, ["N", 3, 1, 2, 2]));
        });
        return Message(o =>
        {
            Write(o, 1, 8);
            Write(o, 7, graph);
            Write(o, 8, Message(opset => Write(opset, 2, 13)));
        });
    }

    private static byte[] Node(string type, string[] inputs, string[] outputs, params byte[][] attributes) => Message(o =>
    {
        foreach (var input in inputs)
            Write(o, 1, System.Text.Encoding.UTF8.GetBytes(input));
        foreach (var output in outputs)
            Write(o, 2, System.Text.Encoding.UTF8.GetBytes(output));
        Write(o, 4, System.Text.Encoding.UTF8.GetBytes(type));
        foreach (var attribute in attributes)
            Write(o, 5, attribute);
    });

    private static byte[] Int(string name, long value) => Message(o =>
    {
        Write(o, 1, System.Text.Encoding.UTF8.GetBytes(name));
        Write(o, 3, value);
        Write(o, 20, 2);
    });

    private static byte[] Ints(string name, params long[] values) => Message(o =>
    {
        Write(o, 1, System.Text.Encoding.UTF8.GetBytes(name));
        foreach (var value in values)
            Write(o, 8, value);
        Write(o, 20, 7);
    });

    private static byte[] Tensor(string name, long[] shape, float[] values) => Message(o =>
    {
        foreach (var size in shape)
            Write(o, 1, size);
        Write(o, 2, 1);
        Write(o, 8, System.Text.Encoding.UTF8.GetBytes(name));
        Write(o, 9, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    });

    private static byte[] Value(string name, int type, object[] shape) => Message(o =>
    {
        Write(o, 1, System.Text.Encoding.UTF8.GetBytes(name));
        var dimensions = Message(s =>
        {
            foreach (var size in shape)
                Write(s, 1, Message(d => { if (size is int n) Write(d, 1, n); else Write(d, 2, System.Text.Encoding.UTF8.GetBytes((string)size)); }));
        });
        var tensor = Message(t =>
        {
            Write(t, 1, type);
            Write(t, 2, dimensions);
        });
        Write(o, 2, Message(t => Write(t, 1, tensor)));
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using var output = new CodedOutputStream(bytes);
        write(output);
        output.Flush();
        return bytes.ToArray();
    }

    private static void Write(CodedOutputStream output, int field, byte[] value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
    }

    private static void Write(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }
}
