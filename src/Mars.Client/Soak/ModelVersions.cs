using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Mars.Client.Soak;

/// <summary>
/// A folder of model packages in which a package gets version after version, as a trainer would write them: the same graph, and labels that end with the version, so
/// that an answer whose labels are not its version's is found.
/// </summary>
internal sealed class ModelVersions : IDisposable
{
    private const string Manifest = "manifest.json";
    private const string Labels = "labels.txt";
    private const int Kept = 2;

    /// <summary>Copies the newest version of each package; those that are made of others are left out.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public ModelVersions(string models)
    {
        foreach (var name in Directory.GetDirectories(models).Select(Path.GetFileName))
        {
            if (Newest(models, name!) is { } version && Read(Path.Combine(models, name!, $"{version}"))["members"] is not JsonArray { Count: > 0 })
                Copy(Path.Combine(models, name!, $"{version}"), Path.Combine(Folder, name!, $"{version}"));
        }
    }

    /// <summary>Where they are.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("mars-soak-").FullName;

    /// <summary>Writes another version of a package, beside and then renamed, and removes all but the two before it.</summary>
    public void Add(string name)
    {
        var last = Newest(Folder, name) ?? throw new IOException($"there is no package {name} in {Folder}");
        var (version, place) = (last + 1, Path.Combine(Folder, name));
        var draft = Path.Combine(place, $".{version}");
        Copy(Path.Combine(place, $"{last}"), draft);
        var manifest = Read(draft);
        File.WriteAllLines(Path.Combine(draft, Labels), File.ReadAllLines(Path.Combine(draft, Labels)).Select(l => $"{l.Split('@')[0]}@{version}"));
        manifest["version"] = $"{version}";
        manifest["files"]![Labels] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(draft, Labels))));
        File.WriteAllText(Path.Combine(draft, Manifest), manifest.ToJsonString());
        Directory.Move(draft, Path.Combine(place, $"{version}"));
        if (Directory.Exists(Path.Combine(place, $"{version - Kept}")))
            Directory.Delete(Path.Combine(place, $"{version - Kept}"), recursive: true);
    }

    /// <summary>What is wrong with an answer's label, or null.</summary>
    public static string? Fault(string label, string version) =>
        label.Split('@') is [_, var written] && written != version ? $"an answer of version {version} has a label of version {written}" : null;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static int? Newest(string models, string name) => Directory.GetDirectories(Path.Combine(models, name))
        .Where(d => File.Exists(Path.Combine(d, Manifest)))
        .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var version) ? version : (int?)null)
        .Max();

    private static JsonNode Read(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Manifest)))!;

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
