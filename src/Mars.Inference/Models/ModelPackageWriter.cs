using System.Text.Json;

namespace Mars.Inference.Models;

/// <summary>Writes model packages so that nobody ever sees half of one: into a folder beside, manifest last, then one rename.</summary>
public static class ModelPackageWriter
{
    /// <summary>Writes models/&lt;name&gt;/&lt;version&gt;/ below <paramref name="models"/> and returns its path.</summary>
    /// <param name="models">The folder of all packages.</param>
    /// <param name="manifest">Without Files: they are filled in here.</param>
    /// <param name="graph">An ONNX file, copied; null for an ensemble.</param>
    /// <param name="labels">In the order of the logits.</param>
    /// <param name="card">Markdown.</param>
    /// <param name="parts">Further files, copied by their names.</param>
    /// <exception cref="IOException">That version exists already.</exception>
    public static string Write(string models, ModelManifest manifest, string? graph, IReadOnlyList<string> labels, string card, IReadOnlyList<string>? parts = null)
    {
        var target = Path.Combine(models, manifest.Name, manifest.Version);
        if (Directory.Exists(target))
            throw new IOException($"{target} exists already: give it another --model-version, or remove it");
        var draft = Path.Combine(models, manifest.Name, $".{manifest.Version}.{Environment.ProcessId}");
        Directory.CreateDirectory(draft);
        try
        {
            if (graph is not null)
                File.Copy(graph, Path.Combine(draft, ModelPackage.GraphName));
            foreach (var part in parts ?? [])
                File.Copy(part, Path.Combine(draft, Path.GetFileName(part)));
            File.WriteAllLines(Path.Combine(draft, ModelPackage.LabelsName), labels);
            File.WriteAllText(Path.Combine(draft, ModelPackage.CardName), card);
            var files = Directory.GetFiles(draft).Order(StringComparer.Ordinal).ToDictionary(f => Path.GetFileName(f)!, ModelPackage.Hash);
            File.WriteAllText(
                Path.Combine(draft, ModelManifest.FileName), JsonSerializer.Serialize(manifest with { Files = files }, ModelManifest.Json) + "\n");
            ModelPackage.Load(draft);
            Directory.Move(draft, target);
            return target;
        }
        catch
        {
            Directory.Delete(draft, recursive: true);
            throw;
        }
    }
}
