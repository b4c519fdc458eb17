namespace Mars.Trainer.Data;

/// <summary>Finds the videos of a data set: a CSV, a folder that holds videos.csv, a folder with one folder of videos for each class, or one with a folder of pictures for each video.</summary>
internal static class SourceVideos
{
    private static readonly HashSet<string> Extensions =
        new([".avi", ".mp4", ".mkv", ".webm", ".mov", ".mpg", ".mpeg", ".m4v", ".wmv", ".flv", ".ts"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The videos of <paramref name="source"/> and its labels in order.</summary>
    public static (IReadOnlyList<SourceVideo> Videos, IReadOnlyList<string> Labels) Find(string source)
    {
        var list = Directory.Exists(source) ? Path.Combine(source, VideosCsv.FileName) : source;
        if (!File.Exists(list) && !Directory.Exists(source))
            throw new FileNotFoundException($"{source} does not exist: give a folder with a folder of videos for each class, or a CSV with the columns video and label");
        var videos = File.Exists(list) ? FromCsv(list) : FromFolders(source);
        if (videos.Count == 0)
            throw new InvalidDataException($"no videos in {source}: give a folder with a folder of videos for each class, or a CSV with the columns video and label");
        return (videos, Labels(Directory.Exists(source) ? source : Path.GetDirectoryName(Path.GetFullPath(source))!, videos));
    }

    private static List<SourceVideo> FromCsv(string csv)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(csv))!;
        var found = new List<SourceVideo>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in VideosCsv.Read(csv))
        {
            var path = Path.Combine(folder, entry.Video);
            if (!File.Exists(path) && File.Exists(Path.Combine(folder, "..", entry.Video)))
                path = Path.Combine(folder, "..", entry.Video);
            found.Add(new SourceVideo(path, entry with { Video = Name(entry.Label, path, names), Frames = 0 }));
        }
        return found;
    }

    private static List<SourceVideo> FromFolders(string source)
    {
        var found = new List<SourceVideo>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var folder in Directory.GetDirectories(source).Order(StringComparer.Ordinal))
        {
            var label = Path.GetFileName(folder);
            var videos = Directory.GetFiles(folder).Where(f => Extensions.Contains(Path.GetExtension(f))).Order(StringComparer.Ordinal).ToList();
            if (videos.Count == 0 && File.Exists(Path.Combine(folder, FrameSet.FrameName(0)))) // pictures of one video, as Something-Something gives them; its label files name the classes
                found.Add(new SourceVideo(folder, new VideoEntry(label, "", "", null, 0)));
            foreach (var path in videos)
                found.Add(new SourceVideo(path, new VideoEntry(Name(label, path, names), label, "", null, 0)));
        }
        return found;
    }

    // Two files of one class may share a name (in two folders, or with two endings); their frames must not.
    private static string Name(string label, string path, HashSet<string> taken)
    {
        var name = $"{label}/{Path.GetFileNameWithoutExtension(path).Replace(',', '_')}";
        var unique = name;
        for (var i = 2; !taken.Add(unique); i++)
            unique = $"{name}-{i}";
        return unique;
    }

    private static List<string> Labels(string folder, List<SourceVideo> videos)
    {
        var used = videos.Select(v => v.Entry.Label).Distinct().Order(StringComparer.Ordinal).ToList();
        var list = Path.Combine(folder, FrameSet.LabelsName);
        if (!File.Exists(list))
            return used;
        var labels = File.ReadAllLines(list).Where(l => l.Length > 0).ToList();
        var missing = used.Except(labels, StringComparer.Ordinal).FirstOrDefault();
        return missing is null ? labels : throw new InvalidDataException($"{list} does not list '{missing}', which a video has as its label");
    }
}
