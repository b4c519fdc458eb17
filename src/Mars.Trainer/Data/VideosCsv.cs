using System.Globalization;

namespace Mars.Trainer.Data;

/// <summary>The list of a data set: a header line with at least video and label; group, fold and frames where known. No field holds a comma.</summary>
internal static class VideosCsv
{
    public const string FileName = "videos.csv";

    public static IReadOnlyList<VideoEntry> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var columns = lines.Length == 0 ? [] : lines[0].Split(',');
        int video = Array.IndexOf(columns, "video"), label = Array.IndexOf(columns, "label");
        if (video < 0 || label < 0)
            throw new InvalidDataException($"{path}: the first line must name the columns, with video and label among them");
        int group = Array.IndexOf(columns, "group"), fold = Array.IndexOf(columns, "fold"), frames = Array.IndexOf(columns, "frames");
        var entries = new List<VideoEntry>(lines.Length);
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
                continue;
            var fields = lines[i].Split(',');
            if (fields.Length != columns.Length)
                throw new InvalidDataException($"{path}, line {i + 1}: {fields.Length} fields where the first line has {columns.Length}");
            entries.Add(new VideoEntry(fields[video], fields[label], group < 0 ? "" : fields[group], Number(fold), Number(frames) ?? 0));

            int? Number(int column) => column < 0 || fields[column].Length == 0 ? null
                : int.TryParse(fields[column], CultureInfo.InvariantCulture, out var value) ? value
                : throw new InvalidDataException($"{path}, line {i + 1}: {columns[column]} is not a whole number");
        }
        return entries;
    }

    public static void Write(string path, IEnumerable<VideoEntry> entries) =>
        File.WriteAllLines(path, entries.Select(e => $"{e.Video},{e.Label},{e.Group},{e.Fold},{e.Frames}").Prepend("video,label,group,fold,frames"));
}
