using System.Globalization;

namespace Mars.Trainer.Training;

/// <summary>One line an epoch in the run's log.csv.</summary>
internal static class EpochLog
{
    public const string FileName = "log.csv";

    public static void Append(string run, EpochReport report)
    {
        var path = Path.Combine(run, FileName);
        if (!File.Exists(path))
            File.WriteAllText(path, "epoch,loss,clip_accuracy,validation_loss,validation_video_accuracy,learning_rate,clips_per_second\n");
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Epoch},{report.Loss:F5},{report.ClipAccuracy:F4},{report.ValidationLoss:F5},{report.ValidationAccuracy:F4},{report.Rate:G4},{report.ClipsPerSecond:F1}\n");
        File.AppendAllText(path, line);
    }
}
