using System.Globalization;

namespace Mars.Trainer.Training;

/// <summary>One line an epoch in the run's log.csv.</summary>
internal static class EpochLog
{
    public const string FileName = "log.csv";

    private const string Header = "epoch,loss,distillation_loss,clip_accuracy,validation_loss,validation_video_accuracy,learning_rate,clips_per_second";

    /// <summary>Adds an epoch, in place of what a killed run left of it, and of later ones.</summary>
    public static void Append(string run, EpochReport report)
    {
        var path = Path.Combine(run, FileName);
        var before = File.Exists(path) ? Rows(path).TakeWhile(row => row[0] < report.Epoch).Count() : 0;
        var trained = report.Trained;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Epoch},{trained.Classification:F5},{trained.Distillation:F5},{trained.Accuracy:F4},{report.ValidationLoss:F5},{report.ValidationAccuracy:F4},{report.Rate:G4},{trained.ClipsPerSecond:F1}");
        var draft = path + ".new";
        File.WriteAllLines(draft, [Header, .. File.Exists(path) ? File.ReadLines(path).Skip(1).Take(before) : [], line]);
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Reads a log: values by column, an epoch each.</summary>
    public static IReadOnlyDictionary<string, double[]> Read(string run)
    {
        var rows = Rows(Path.Combine(run, FileName)).ToList();
        return Header.Split(',').Select((name, i) => (name, i)).ToDictionary(c => c.name, c => rows.Select(r => r[c.i]).ToArray());
    }

    // Up to the first row that is not whole.
    private static IEnumerable<double[]> Rows(string path) => File.ReadLines(path).Skip(1)
        .Select(line => line.Split(',').Select(cell => double.TryParse(cell, CultureInfo.InvariantCulture, out var value) ? value : double.NaN).ToArray())
        .TakeWhile(row => row.Length == Header.Split(',').Length && !row.Any(double.IsNaN));
}
