using System.Text.Json;
using Mars.Client.Sources;

namespace Mars.Client.Demo;

/// <summary>The truth that may lie beside a video, as `mars train synthesize` writes it.</summary>
internal static class TruthFile
{
    /// <summary>Reads VIDEO.json; nothing where there is no such file.</summary>
    /// <exception cref="SourceException">It is there and cannot be read.</exception>
    public static IReadOnlyList<TruthSegment> Beside(string video)
    {
        var path = new[] { $"{video}.json", System.IO.Path.ChangeExtension(video, ".json") }.FirstOrDefault(File.Exists);
        if (path is null)
            return [];
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. document.RootElement.GetProperty("segments").EnumerateArray().Select(Segment)];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new SourceException($"{path} is not a truth file: {error.Message}");
        }
    }

    private static TruthSegment Segment(JsonElement segment) => new(
        segment.GetProperty("label").GetString() ?? "",
        TimeSpan.FromSeconds(segment.GetProperty("start").GetDouble()),
        TimeSpan.FromSeconds(segment.GetProperty("end").GetDouble()));
}
