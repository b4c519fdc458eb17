using System.Globalization;
using Mars.Trainer.Tables;

namespace Mars.Trainer.Training;

/// <summary>One line an epoch in the run's log.csv.</summary>
internal static class EpochLog
{
    public const string FileName = "log.csv";

    private static readonly string[] Header =
        ["epoch", "loss", "distillation_loss", "clip_accuracy", "validation_loss", "validation_video_accuracy", "learning_rate", "clips_per_second"];

    /// <summary>Adds an epoch, in place of what a killed run left of it, and of later ones.</summary>
    public static void Append(string run, EpochReport report)
    {
        var path = Path.Combine(run, FileName);
        var before = File.Exists(path) ? Rows(path).TakeWhile(row => Number(row[0]) < report.Epoch) : [];
        var trained = report.Trained;
        string[] added =
        [
            $"{report.Epoch}", $"{trained.Classification:F5}", $"{trained.Distillation:F5}", $"{trained.Accuracy:F4}", $"{report.ValidationLoss:F5}",
            $"{report.ValidationAccuracy:F4}", $"{report.Rate:G4}", $"{trained.ClipsPerSecond:F1}",
        ];
        var draft = path + ".new";
        CsvFile.Write(draft, [Header, .. before, added]);
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Reads a log: values by column, an epoch each.</summary>
    public static IReadOnlyDictionary<string, double[]> Read(string run)
    {
        var rows = Rows(Path.Combine(run, FileName)).ToList();
        return Header.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => rows.Select(r => Number(r[c.i])).ToArray());
    }

    // Up to the first row that is not whole.
    private static IEnumerable<string[]> Rows(string path) => CsvFile.Read(path, ',').Skip(1).Select(row => row.Fields)
        .TakeWhile(fields => fields.Length == Header.Length && !fields.Any(f => double.IsNaN(Number(f))));

    private static double Number(string field) => double.TryParse(field, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
}
