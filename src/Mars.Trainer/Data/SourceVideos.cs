namespace Mars.Trainer.Data;

/// <summary>Finds the videos of a data set: a CSV, a folder that holds videos.csv, a folder with one folder of videos for each class, or one with a folder of pictures for each video.</summary>
internal static class SourceVideos
{
    private const string Expected = "give a folder with a folder of videos for each class, or a CSV with the columns video and label";

    /// <exception cref="InvalidDataException">There is no video, or the labels do not fit; the message says why.</exception>
    public static SourceList Find(string source)
    {
        var list = Directory.Exists(source) ? Path.Combine(source, VideosCsv.FileName) : source;
        if (!File.Exists(list) && !Directory.Exists(source))
            throw new FileNotFoundException($"{source} does not exist: {Expected}");
        var skipped = new List<SkippedFile>();
        var videos = File.Exists(list) ? FromCsv(list) : FromFolders(source, skipped);
        if (videos.Count == 0)
            throw new InvalidDataException($"no videos in {source}: {Expected}{string.Concat(skipped.Take(3).Select(s => $"; skipped {s.Path}: {s.Reason}"))}");
        return new SourceList(videos, Labels(Directory.Exists(source) ? source : Path.GetDirectoryName(Path.GetFullPath(source))!, videos), skipped);
    }

    private static List<SourceVideo> FromCsv(string csv)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(csv))!;
        var found = new List<SourceVideo>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in VideosCsv.Read(csv))
        {
            if (entry.Video.Length == 0 || entry.Label.Length == 0)
                throw new InvalidDataException($"{csv}: a row has no {(entry.Video.Length == 0 ? $"video (label '{entry.Label}')" : $"label (video '{entry.Video}')")}");
            var path = Locate(folder, entry.Video) ?? Locate(folder, entry.Video.Replace('\\', '/')) ?? Path.Combine(folder, entry.Video);
            found.Add(new SourceVideo(path, entry with { Video = Name(entry.Label, path, names), Frames = 0 }));
        }
        return found;
    }

    // Beside the list, or beside its folder.
    private static string? Locate(string folder, string video) =>
        new[] { Path.Combine(folder, video), Path.Combine(folder, "..", video) }.FirstOrDefault(Path.Exists);

    private static List<SourceVideo> FromFolders(string source, List<SkippedFile> skipped)
    {
        var found = new List<SourceVideo>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(source).Order(StringComparer.Ordinal).Where(f => Path.GetFileName(f) != FrameSet.LabelsName))
            skipped.Add(new SkippedFile(Path.GetFileName(file), VideoSignature.WhyNot(file) ?? "in no class's folder"));
        foreach (var folder in Directory.GetDirectories(source).Order(StringComparer.Ordinal))
        {
            var label = Path.GetFileName(folder);
            if (label.StartsWith('.'))
            {
                skipped.Add(new SkippedFile(label + '/', "hidden"));
                continue;
            }
            if (File.Exists(Path.Combine(folder, FrameSet.FrameName(0)))) // pictures of one video, as Something-Something gives them; its label files name the classes
            {
                found.Add(new SourceVideo(folder, new VideoEntry(label, "", "", null, 0)));
                continue;
            }
            skipped.AddRange(Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(f => new SkippedFile($"{label}/{Path.GetFileName(f)}/", "a folder in a class's folder")));
            foreach (var path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            {
                if (VideoSignature.WhyNot(path) is { } reason)
                    skipped.Add(new SkippedFile($"{label}/{Path.GetFileName(path)}", reason));
                else
                    found.Add(new SourceVideo(path, new VideoEntry(Name(label, path, names), label, "", null, 0)));
            }
        }
        return found;
    }

    // Two files of one class may share a name (in two folders, or with two endings); their frames must not. A list's label may hold what a folder's name cannot.
    private static string Name(string label, string path, HashSet<string> taken)
    {
        var name = $"{Safe(label)}/{Safe(Path.GetFileNameWithoutExtension(path))}";
        var unique = name;
        for (var i = 2; !taken.Add(unique); i++)
            unique = $"{name}-{i}";
        return unique;
    }

    private static string Safe(string name)
    {
        var safe = string.Concat(name.Select(c => c is '/' or '\\' || char.IsControl(c) ? '_' : c));
        return safe.StartsWith('.') || safe.Length == 0 ? $"_{safe}" : safe;
    }

    private static List<string>? Labels(string folder, List<SourceVideo> videos)
    {
        var list = Path.Combine(folder, FrameSet.LabelsName);
        if (!File.Exists(list))
            return null;
        var labels = File.ReadAllLines(list).Select(l => l.Trim()).Where(l => l.Length > 0).ToList();
        var missing = videos.Select(v => v.Entry.Label).Except(labels, StringComparer.Ordinal).FirstOrDefault();
        return missing is null ? labels : throw new InvalidDataException($"{list} does not list '{missing}', which a video has as its label");
    }
}
