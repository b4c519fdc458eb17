using Mars.Client.Sources;
using Mars.Synthesis.Truth;

namespace Mars.Client.Demo;

/// <summary>The truth that may lie beside a video, as `mars train synthesize` writes it.</summary>
internal static class TruthFile
{
    /// <summary>Reads VIDEO.json (name.avi.json or name.json); nothing where there is no such file.</summary>
    /// <exception cref="SourceException">It is there and cannot be read.</exception>
    public static IReadOnlyList<TruthSegment> Beside(string video)
    {
        var path = new[] { $"{video}.json", Path.ChangeExtension(video, ".json") }.FirstOrDefault(File.Exists);
        if (path is null)
            return [];
        try
        {
            return Segments(VideoTruth.Load(path));
        }
        catch (InvalidDataException error)
        {
            throw new SourceException(error.Message);
        }
    }

    /// <summary>The actions of a synthesised video.</summary>
    public static IReadOnlyList<TruthSegment> Segments(VideoTruth truth) =>
        [.. (truth.Segments ?? []).Select(s => new TruthSegment(s.Label, TimeSpan.FromSeconds(s.Start), TimeSpan.FromSeconds(s.End)))];
}
