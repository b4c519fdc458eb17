using System.Security.Cryptography;
using System.Text.Json;

namespace Mars.Inference.Models;

/// <summary>A model on disk: models/&lt;name&gt;/&lt;version&gt;/ with its graph, labels, card and manifest.</summary>
public sealed class ModelPackage
{
    public const string GraphName = "model.onnx";
    public const string LabelsName = "labels.txt";
    public const string CardName = "CARD.md";

    private readonly string _fingerprint;

    private ModelPackage(string folder, ModelManifest manifest, IReadOnlyList<string> labels, IReadOnlyList<ModelPackage> members)
    {
        Folder = folder;
        Manifest = manifest;
        Key = $"{manifest.Name}/{manifest.Version}";
        Labels = labels;
        Members = members;
        _fingerprint = JsonSerializer.Serialize(manifest, ModelManifest.Json); // holds each file's hash
    }

    /// <summary>name/version.</summary>
    public string Key { get; }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    public ModelManifest Manifest { get; }

    /// <summary>Names of the classes, in the order of the logits.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The packages of an ensemble; empty for a model with a graph.</summary>
    public IReadOnlyList<ModelPackage> Members { get; }

    /// <summary>Path of the ONNX graph; an ensemble has none.</summary>
    public string Graph => Path.Combine(Folder, GraphName);

    /// <summary>Whether the other has the same files, and its members too: loading it again would change nothing.</summary>
    public bool IsSameAs(ModelPackage other) =>
        Key == other.Key && _fingerprint == other._fingerprint && Members.Count == other.Members.Count && Members.Zip(other.Members).All(m => m.First.IsSameAs(m.Second));

    /// <summary>Reads a package and checks it against itself.</summary>
    /// <exception cref="InvalidDataException">It is not what its manifest says; the message says where.</exception>
    public static ModelPackage Load(string folder)
    {
        var manifest = ReadManifest(folder);
        if (manifest.Schema != ModelManifest.CurrentSchema)
            throw Refuse(folder, $"its manifest has schema {manifest.Schema}, this Mars reads {ModelManifest.CurrentSchema}");
        if (manifest is { ClipLength: < 1 or > 256 } or { Size: < 16 or > 1024 } or { FrameRate: not (> 0 and <= 240) } or { Classes: < 1 })
            throw Refuse(folder, "clipLength, size, frameRate or classes in its manifest is out of range");
        foreach (var name in (ReadOnlySpan<string>)[GraphName, LabelsName])
        {
            if (!manifest.Files.ContainsKey(name) && (name != GraphName || manifest.Members.Count == 0))
                throw Refuse(folder, $"its manifest does not list {name}");
        }
        if (manifest.Kind == ModelManifest.Cascade && (manifest.Members.Count != 2 || manifest.Margin is not (> 0 and <= 1)))
            throw Refuse(folder, "it is a cascade, which has two members and a margin between 0 and 1");
        foreach (var (name, expected) in manifest.Files)
            CheckFile(folder, name, expected);
        var labels = File.ReadAllLines(Path.Combine(folder, LabelsName)).Where(l => l.Length > 0).ToArray();
        if (labels.Length != manifest.Classes)
            throw Refuse(folder, $"{LabelsName} has {labels.Length} labels, its manifest says {manifest.Classes} classes");
        return new ModelPackage(folder, manifest, labels, [.. manifest.Members.Select(m => LoadMember(folder, manifest, labels, m))]);
    }

    /// <summary>Reads a member of an ensemble and checks that its logits may be added to the others'.</summary>
    private static ModelPackage LoadMember(string folder, ModelManifest ensemble, string[] labels, string member)
    {
        if (member.Split('/') is not [var name, var version] || name != Path.GetFileName(name) || version != Path.GetFileName(version))
            throw Refuse(folder, $"its manifest names the member '{member}', which is not name/version");
        var place = Path.Combine(folder, "..", "..", name, version);
        var manifest = ReadManifest(place); // before its members are loaded: it may name this one
        if (manifest.Members.Count > 0 || manifest.Kind == "flow")
            throw Refuse(folder, $"its member {member} is {(manifest.Kind == "flow" ? "a flow stream, which the server cannot feed" : "an ensemble itself")}");
        var package = Load(place);
        if (!package.Labels.SequenceEqual(labels) || (manifest.ClipLength, manifest.Size, manifest.FrameRate) != (ensemble.ClipLength, ensemble.Size, ensemble.FrameRate))
            throw Refuse(folder, $"its member {member} has other labels, clips or another frame rate");
        return package;
    }

    internal static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static ModelManifest ReadManifest(string folder)
    {
        var path = Path.Combine(folder, ModelManifest.FileName);
        if (!File.Exists(path))
            throw Refuse(folder, $"it has no {ModelManifest.FileName}");
        try
        {
            return JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(path), ModelManifest.Json) ?? throw Refuse(folder, "its manifest is empty");
        }
        catch (JsonException exception)
        {
            throw Refuse(folder, $"its manifest does not parse: {exception.Message}");
        }
    }

    private static void CheckFile(string folder, string name, string expected)
    {
        if (name != Path.GetFileName(name))
            throw Refuse(folder, $"its manifest names '{name}', which is not a file of the package");
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            throw Refuse(folder, $"{name} is missing");
        if (!string.Equals(Hash(path), expected, StringComparison.OrdinalIgnoreCase))
            throw Refuse(folder, $"{name} is not the file that the manifest was written for (sha256 differs)");
    }

    private static InvalidDataException Refuse(string folder, string reason) => new($"{folder}: not a usable model package: {reason}");
}
