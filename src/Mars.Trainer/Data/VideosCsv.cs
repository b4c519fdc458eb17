using System.Globalization;
using Mars.Trainer.Tables;

namespace Mars.Trainer.Data;

/// <summary>The list of a data set: a header line with at least video and label; group, fold and frames where known; other columns are passed over.</summary>
internal static class VideosCsv
{
    public const string FileName = "videos.csv";

    /// <exception cref="InvalidDataException">A column is missing, or a row does not fit the first line; the message names the line.</exception>
    public static IReadOnlyList<VideoEntry> Read(string path)
    {
        var rows = CsvFile.Read(path);
        string[] columns = rows.Count == 0 ? [] : [.. rows[0].Fields.Select(f => f.ToLowerInvariant())];
        int video = Array.IndexOf(columns, "video"), label = Array.IndexOf(columns, "label");
        if (video < 0 || label < 0)
            throw new InvalidDataException($"{path}: the first line must name the columns, with video and label among them{(rows.Count == 0 ? "; the file is empty" : $"; it is '{string.Join(" | ", rows[0].Fields)}'")}");
        int group = Array.IndexOf(columns, "group"), fold = Array.IndexOf(columns, "fold"), frames = Array.IndexOf(columns, "frames");
        return [.. rows.Skip(1).Select(Entry)];

        VideoEntry Entry(CsvRow row)
        {
            var fields = row.Fields;
            if (fields.Length != columns.Length)
                throw new InvalidDataException($"{path}, line {row.Line}: {fields.Length} fields where the first line has {columns.Length}; a field that holds the separator needs quotation marks around it");
            return new VideoEntry(fields[video], fields[label], group < 0 ? "" : fields[group], Number(fold), Number(frames) ?? 0);

            int? Number(int column) => column < 0 || fields[column].Length == 0 ? null
                : int.TryParse(fields[column], CultureInfo.InvariantCulture, out var value) ? value
                : throw new InvalidDataException($"{path}, line {row.Line}: {columns[column]} is not a whole number");
        }
    }

    public static void Write(string path, IEnumerable<VideoEntry> entries) => CsvFile.Write(
        path,
        entries.Select(e => (string[])[e.Video, e.Label, e.Group, $"{e.Fold}", $"{e.Frames}"]).Prepend(["video", "label", "group", "fold", "frames"]));
}
