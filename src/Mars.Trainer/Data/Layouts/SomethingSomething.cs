namespace Mars.Trainer.Data.Layouts;

/// <summary>
/// Something-Something v1: frames in folders named by number; something-something-v1-labels.csv, a class a line, and -train.csv and -validation.csv with lines
/// "number;class". In spite of their name these are no CSV: nothing is quoted, and a class may hold the separator.
/// </summary>
internal static class SomethingSomething
{
    private const string Prefix = "something-something-v1-";

    public static (IReadOnlyList<string> Labels, List<VideoEntry> Training, List<VideoEntry> Test) Read(string frames, string annotations)
    {
        var labels = File.ReadLines(Path.Combine(annotations, $"{Prefix}labels.csv")).Where(l => l.Length > 0).ToList();
        return (labels, List("train"), List("validation"));

        List<VideoEntry> List(string part) =>
            [.. File.ReadLines(Path.Combine(annotations, $"{Prefix}{part}.csv"))
                .Select(l => l.Split(';', 2))
                .Where(f => f.Length == 2)
                .SelectMany(f => DataSetLayout.Find(frames, f[0], f[1]))];
    }
}
