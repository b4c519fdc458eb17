using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mars.Inference.Models;

namespace Mars.Fuzzing.Targets;

/// <summary>A package's manifest, beside the files that it describes.</summary>
internal sealed class ManifestTarget : IFuzzTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mars-fuzz-").FullName;
    private readonly string _package;

    public ManifestTarget()
    {
        _package = Path.Combine(_folder, "m", "1");
        Directory.CreateDirectory(_package);
        foreach (var (name, text) in new[] { (ModelPackage.GraphName, "graph"), (ModelPackage.LabelsName, "sit\nstand\n"), (ModelPackage.CardName, "# m") })
            File.WriteAllText(Path.Combine(_package, name), text);
        var files = Directory.GetFiles(_package).ToDictionary(f => Path.GetFileName(f), f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f))));
        Samples =
        [
            JsonSerializer.SerializeToUtf8Bytes(new { schema = 1, name = "m", version = "1", kind = "rgb", classes = 2, mean = new[] { 1.5, 2, 3 }, metrics = new { accuracy = 0.5 }, files }),
            JsonSerializer.SerializeToUtf8Bytes(new { schema = 1, name = "m", version = "1", kind = "ensemble", classes = 2, members = new[] { "m/1", "../m/2" }, files }),
            Encoding.UTF8.GetBytes("{\"schema\":1,\"name\":\"m\",\"version\":\"1\",\"kind\":\"cascade\",\"margin\":1e308,\"classes\":2,\"members\":[\"a/1\",\"b/1\"],\"files\":{\"../x\":\"\"}}"),
        ];
    }

    public IReadOnlyList<byte[]> Samples { get; }

    public bool Refuses(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(_package, ModelManifest.FileName), input);
        try
        {
            ModelPackage.Load(_package);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
