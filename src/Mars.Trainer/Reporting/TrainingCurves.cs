using Mars.Trainer.Training;
using ScottPlot;

namespace Mars.Trainer.Reporting;

/// <summary>Losses and accuracies of a run over its epochs, as curves.png in its folder.</summary>
internal static class TrainingCurves
{
    public const string FileName = "curves.png";

    private const int Width = 1000, Height = 800;

    public static void Save(string run)
    {
        var log = EpochLog.Read(run);
        var epochs = log["epoch"];
        var plots = new Multiplot();
        plots.AddPlots(2);
        var losses = plots.GetPlot(0);
        Add(losses, "cross-entropy, training", epochs, log["loss"]);
        Add(losses, "distance to the teacher (weighted), training", epochs, log["distillation_loss"]);
        Add(losses, "validation", epochs, log["validation_loss"]);
        losses.Title(Path.GetFileName(Path.GetFullPath(run)));
        losses.YLabel("loss");
        var accuracies = plots.GetPlot(1);
        Add(accuracies, "clips, training", epochs, log["clip_accuracy"]);
        Add(accuracies, "videos, validation", epochs, log["validation_video_accuracy"]);
        accuracies.YLabel("accuracy");
        accuracies.XLabel("epoch");
        accuracies.Axes.SetLimitsY(0, 1);
        foreach (var plot in (ReadOnlySpan<Plot>)[losses, accuracies])
            plot.ShowLegend(Alignment.UpperRight);
        plots.SavePng(Path.Combine(run, FileName), Width, Height);
    }

    private static void Add(Plot plot, string name, double[] epochs, double[] values)
    {
        if (Array.TrueForAll(values, v => v == 0))
            return;
        var line = plot.Add.Scatter(epochs, values);
        line.LegendText = name;
    }
}
