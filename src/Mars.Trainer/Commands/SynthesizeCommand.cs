using System.CommandLine;
using Mars.Synthesis;
using OpenCvSharp;

namespace Mars.Trainer.Commands;

/// <summary>synthesize: an example data set.</summary>
internal static class SynthesizeCommand
{
    public static Command Create()
    {
        var output = CommonOptions.Required<string>("--output", "DIR", "Folder for the videos, one folder in it for each action.");
        var videos = CommonOptions.WithDefault("--videos-per-class", "N", "Videos of each action.", 20);
        var seed = CommonOptions.WithDefault("--seed", "S", "Same seed, same ground truth; another seed shares no video with it.", 1);
        var sequences = CommonOptions.WithDefault("--sequences", "N", "Longer videos with several actions, in the folder sequences.", 0);
        var command = new Command("synthesize", "Render an example data set: an articulated figure acting in front of varied backgrounds, with ground truth.");
        var actions = CommonOptions.Optional<string>("--actions", "LIST", $"Only these, as walk,run,kick; sequences are of all. There are: {string.Join(", ", ActionCatalog.Labels)}.", "all");
        actions.Validators.Add(result =>
        {
            if (Chosen(result.GetValueOrDefault<string?>()).Except(ActionCatalog.Labels).FirstOrDefault() is { } unknown)
                result.AddError($"--actions: there is no action '{unknown}'; there are: {string.Join(", ", ActionCatalog.Labels)}");
        });
        command.AddAll(output, actions, videos, seed, sequences);
        command.SetWork((arguments, cancellation) =>
        {
            Cv2.SetNumThreads(1); // the videos are the parallel part
            var folder = arguments.GetRequiredValue(output);
            var labels = Chosen(arguments.GetValue(actions));
            var all = (arguments.GetValue(videos) * labels.Count) + arguments.GetValue(sequences);
            WorkProgress.Show("videos", report =>
            {
                SyntheticDataSet.Write(folder, labels, arguments.GetValue(videos), arguments.GetValue(seed), arguments.GetValue(sequences), new Direct(done => report(done, all)), cancellation);
                return all;
            });
            Console.WriteLine($"{all} videos, {labels.Count} actions, in {folder}");
            return 0;
        });
        return command;
    }

    private static IReadOnlyList<string> Chosen(string? list) =>
        list is null ? ActionCatalog.Labels : [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal)];

    // Progress<T> would post to the thread pool and come too late.
    private sealed class Direct(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
