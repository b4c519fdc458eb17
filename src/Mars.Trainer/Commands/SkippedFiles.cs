using Mars.Trainer.Data;

namespace Mars.Trainer.Commands;

/// <summary>Prints what prepare has left out: each video with its reason, other files by kind.</summary>
internal static class SkippedFiles
{
    private const int Named = 3;

    public static void Print(PreparedSet prepared)
    {
        foreach (var (video, note) in prepared.Notes)
            Console.WriteLine($"note {video}: {note}");
        foreach (var kind in prepared.Skipped.GroupBy(s => (s.Reason, Ending: Path.GetExtension(s.Path))))
        {
            var paths = kind.Select(s => s.Path).ToList();
            if (paths.Count <= Named)
                paths.ForEach(path => Console.WriteLine($"skipped {path}: {kind.Key.Reason}"));
            else
                Console.WriteLine($"skipped {paths.Count} files{(kind.Key.Ending.Length > 0 ? $" *{kind.Key.Ending}" : "")}: {kind.Key.Reason} ({string.Join(", ", paths.Take(Named))} ...)");
        }
        foreach (var (video, reason) in prepared.Broken)
            Console.WriteLine($"skipped {video}: {reason}");
    }
}
