using System.Globalization;

namespace Mars.Trainer.Data.Layouts;

/// <summary>
/// Kinetics: frames in train/class/video and val/class/video, Kinetics_train_labels.txt and Kinetics_val_labels.txt with lines "train/class/video number frames".
/// Classes are the folders of train in alphabetical order, and their numbers.
/// </summary>
internal static class Kinetics
{
    public static (IReadOnlyList<string> Labels, List<VideoEntry> Training, List<VideoEntry> Test) Read(string frames, string annotations)
    {
        var labels = Directory.GetDirectories(Path.Combine(frames, "train")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToList();
        return (labels, List("train"), List("val"));

        List<VideoEntry> List(string part)
        {
            var path = Path.Combine(annotations, $"Kinetics_{part}_labels.txt");
            var entries = new List<VideoEntry>();
            foreach (var line in File.ReadLines(path).Where(l => l.Length > 0))
            {
                // Names of videos hold spaces.
                var fields = line.Split(' ');
                if (fields.Length < 3 || !int.TryParse(fields[^2], CultureInfo.InvariantCulture, out var number) || !int.TryParse(fields[^1], CultureInfo.InvariantCulture, out var count))
                    throw new InvalidDataException($"{path}: '{line}' is not a video, the number of its class and its frames");
                if (number < 0 || number >= labels.Count)
                    throw new InvalidDataException($"{path}: there is no class {number}, {frames} has {labels.Count}");
                entries.AddRange(DataSetLayout.Find(frames, string.Join(' ', fields[..^2]), labels[number], count: count));
            }
            return entries;
        }
    }
}
