using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mars.Inference.Models;

/// <summary>What a model package says of itself (manifest.json). Written last: a package without it is not there yet.</summary>
public sealed record ModelManifest
{
    public const string FileName = "manifest.json";
    public const int CurrentSchema = 1;

    /// <summary>Kind of a model whose second member runs only where the first is unsure.</summary>
    public const string Cascade = "cascade";

    /// <summary>Version of this format.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Lower-case letters, digits and dashes; the folder above the version's.</summary>
    public required string Name { get; init; }

    /// <summary>A counting number, by custom.</summary>
    public required string Version { get; init; }

    /// <summary>Kind of stream: rgb, flow, mers or mars; ensemble for the mean of several, cascade for a second one where the first is unsure.</summary>
    public required string Kind { get; init; }

    /// <summary>Of an ensemble: the models whose logits are averaged, as name/version, from the same folder of packages. It has no graph of its own.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Of a cascade: the second member runs where the first one's two best scores lie closer than this, 0 to 1.</summary>
    public double Margin { get; init; }

    /// <summary>Logits for the golden clip (<c>Serving.GoldenClip</c>) when the package was written; empty for an ensemble.</summary>
    public IReadOnlyList<double> Golden { get; init; } = [];

    /// <summary>Precision of the weights: fp32, fp16 or int8.</summary>
    public string Precision { get; init; } = "fp32";

    /// <summary>How the graph computes: conv3d, or frames2d, the same with 2D convolutions over frames; empty for an ensemble.</summary>
    public string Layout { get; init; } = string.Empty;

    /// <summary>How each 3D convolution of a frames2d graph was made a 2D one, by its name, as measured on the machine that exported it.</summary>
    public IReadOnlyDictionary<string, string> Lowering { get; init; } = new Dictionary<string, string>();

    /// <summary>Frames of a clip.</summary>
    public int ClipLength { get; init; } = 16;

    /// <summary>Side of a frame, in pixels.</summary>
    public int Size { get; init; } = 112;

    /// <summary>Frames per second at which the clips were sampled.</summary>
    public double FrameRate { get; init; } = 25;

    /// <summary>How a frame becomes <see cref="Size"/> pixels.</summary>
    public string Resize { get; init; } = "pil-bilinear short side, centre crop";

    /// <summary>Subtracted from the channels inside the graph: R, G, B (ActivityNet's means), or both of flow.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [114.7748, 107.7354, 99.4750];

    /// <summary>Classes, for a check against labels.txt and the graph.</summary>
    public required int Classes { get; init; }

    /// <summary>Measured figures, by name (test_video_accuracy, ...).</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>How it was made: commands, data, date, by name.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of every other file of the package, by name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
