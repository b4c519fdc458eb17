using System.Text.Json;

namespace Mars.Synthesis.Truth;

/// <summary>What a synthesised video shows; it lies beside the video as a JSON file.</summary>
/// <param name="Video">File name.</param>
/// <param name="Label">The action, or "several".</param>
/// <param name="Seed">What it was made from.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="FrameRate">Frames per second.</param>
/// <param name="Frames">Frames in all.</param>
/// <param name="Segments">The actions in the order of time, without overlap.</param>
public sealed record VideoTruth(
    string Video, string Label, int Seed, int Width, int Height, double FrameRate, int Frames, IReadOnlyList<ActionSegment> Segments)
{
    public const string Several = "several";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes the JSON file.</summary>
    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>Reads a JSON file.</summary>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static VideoTruth Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<VideoTruth>(File.ReadAllText(path), Json) ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is not the ground truth of a video: {exception.Message}", exception);
        }
    }
}
