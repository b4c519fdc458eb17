using System.CommandLine;
using Mars.Synthesis;

namespace Mars.Trainer.Commands;

/// <summary>synthesize: an example data set.</summary>
internal static class SynthesizeCommand
{
    public static Command Create()
    {
        var output = CommonOptions.Required<string>("--output", "DIR", "Folder for the videos: one folder for each action, labels.txt and videos.csv.");
        var count = CommonOptions.WithDefault("--videos-per-class", "N", "Videos of each action.", 60);
        var seed = CommonOptions.WithDefault("--seed", "N", "Same seed, same videos; another seed shares none with it: train and test on different ones.", 1);
        var sequences = CommonOptions.WithDefault("--sequences", "K", "Longer videos of several actions, each with its start and end, in the folder sequences.", 0);
        var command = new Command(
            "synthesize", "Render an example data set: an articulated figure acting in front of varied backgrounds, with the truth in a .json file beside each video.");
        command.AddAll(output, count, seed, sequences);
        command.SetWork((arguments, cancellation) =>
        {
            var (folder, videos, longer) = (arguments.GetRequiredValue(output), arguments.GetValue(count), arguments.GetValue(sequences));
            using var bar = new ProgressLine("synthesize");
            SyntheticDataSet.Write(folder, videos, arguments.GetValue(seed), longer, new Counter(bar, (videos * ActionCatalog.Labels.Count) + longer), cancellation);
            bar.Dispose();
            Console.WriteLine($"{videos} videos of each of {ActionCatalog.Labels.Count} actions in {folder}; next: prepare {folder} --output FRAMES");
            return 0;
        });
        return command;
    }

    // Progress<T> would report from the thread pool, out of order.
    private sealed class Counter(ProgressLine bar, int all) : IProgress<int>
    {
        public void Report(int value) => bar.Report(value, all);
    }
}
