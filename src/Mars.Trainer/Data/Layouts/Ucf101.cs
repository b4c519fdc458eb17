using System.Globalization;

namespace Mars.Trainer.Data.Layouts;

/// <summary>UCF101: frames in class/video, classInd.txt with lines "1 ApplyEyeMakeup", trainlist0N.txt and testlist0N.txt with lines "class/video.avi" (and a number, in the lists to train on).</summary>
internal static class Ucf101
{
    public static (IReadOnlyList<string> Labels, List<VideoEntry> Training, List<VideoEntry> Test) Read(string frames, string annotations, int split)
    {
        var labels = File.ReadLines(Path.Combine(annotations, "classInd.txt"))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length == 2)
            .OrderBy(f => int.Parse(f[0], CultureInfo.InvariantCulture))
            .Select(f => f[1])
            .ToList();
        return (labels, List("trainlist"), List("testlist"));

        List<VideoEntry> List(string list) =>
            [.. File.ReadLines(Path.Combine(annotations, $"{list}0{split}.txt"))
                .Select(l => l.Split(' ')[0])
                .Where(v => v.Contains('/', StringComparison.Ordinal))
                .SelectMany(v => DataSetLayout.Find(frames, DataSetLayout.WithoutEnding(v), v.Split('/')[0], Group(v)))];
    }

    // A clip is named class/v_class_gNN_cNN.avi: those of one group were cut from one video.
    private static string Group(string video) => video.LastIndexOf("_c", StringComparison.Ordinal) is var end and > 0 ? video[..end] : "";
}
