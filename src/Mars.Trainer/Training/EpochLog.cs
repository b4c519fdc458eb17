using System.Globalization;

namespace Mars.Trainer.Training;

/// <summary>One line an epoch in the run's log.csv.</summary>
internal static class EpochLog
{
    public const string FileName = "log.csv";

    private const string Header = "epoch,loss,distillation_loss,clip_accuracy,validation_loss,validation_video_accuracy,learning_rate,clips_per_second";

    public static void Append(string run, EpochReport report)
    {
        var path = Path.Combine(run, FileName);
        if (!File.Exists(path))
            File.WriteAllText(path, Header + "\n");
        var trained = report.Trained;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Epoch},{trained.Classification:F5},{trained.Distillation:F5},{trained.Accuracy:F4},{report.ValidationLoss:F5},{report.ValidationAccuracy:F4},{report.Rate:G4},{trained.ClipsPerSecond:F1}\n");
        File.AppendAllText(path, line);
    }

    /// <summary>Reads a log: values by column, an epoch each.</summary>
    public static IReadOnlyDictionary<string, double[]> Read(string run)
    {
        var lines = File.ReadAllLines(Path.Combine(run, FileName));
        var rows = lines.Skip(1).Select(l => l.Split(',')).ToList();
        return lines[0].Split(',').Select((name, i) => (name, i)).ToDictionary(c => c.name, c => rows.Select(r => double.Parse(r[c.i], CultureInfo.InvariantCulture)).ToArray());
    }
}
