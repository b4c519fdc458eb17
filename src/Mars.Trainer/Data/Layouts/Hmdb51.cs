namespace Mars.Trainer.Data.Layouts;

/// <summary>HMDB51: frames in class/video, label files class_test_splitN.txt with lines "video.avi 1 " (1 to train, 2 to test, 0 neither). Classes in alphabetical order.</summary>
internal static class Hmdb51
{
    public static (IReadOnlyList<string> Labels, List<VideoEntry> Training, List<VideoEntry> Test) Read(string frames, string annotations, int split)
    {
        var ending = $"_test_split{split}.txt";
        var files = Directory.GetFiles(annotations, $"*{ending}").Order(StringComparer.Ordinal).ToArray();
        if (files.Length == 0)
            throw new FileNotFoundException($"{annotations} holds no file *{ending}");
        List<VideoEntry> training = [], test = [];
        foreach (var file in files)
        {
            var label = Path.GetFileName(file)[..^ending.Length];
            foreach (var line in File.ReadLines(file))
            {
                if (line.Split(' ') is not [var video, var use, ..])
                    continue;
                var list = use switch { "1" => training, "2" => test, _ => null };
                list?.AddRange(DataSetLayout.Find(frames, $"{label}/{DataSetLayout.WithoutEnding(video)}", label, Film(video, label)));
            }
        }
        return ([.. files.Select(f => Path.GetFileName(f)[..^ending.Length])], training, test);
    }

    // A clip is named film_class_...: those of one film stay together.
    private static string Film(string video, string label) => video.LastIndexOf($"_{label}_", StringComparison.Ordinal) is var end and > 0 ? video[..end] : "";
}
