using System.CommandLine;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Reporting;
using TorchSharp;

namespace Mars.Trainer.Commands;

/// <summary>report: the paper's tables for one's own data.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var runs = CommonOptions.Required<string[]>("--runs", "DIR", "A folder of runs named rgb, flow, mers, mars (and of others, such as mars-alpha5, that differ from mars in --alpha or --distill-at); several times for several seeds or folds.");
        var output = CommonOptions.Required<string>("--output", "DIR", "Folder for report.md, report.html and the pictures.");
        var title = CommonOptions.WithDefault("--title", "TEXT", "Title of the report.", "What MARS makes of these videos");
        var made = CommonOptions.Optional<string[]>("--made-by", "COMMAND", "A command that came before fit, for the report; may be given several times.", "none");
        var noMaps = CommonOptions.Flag("--no-maps", "No class activation maps, which show frames of the test videos: for videos that may not be shown.");
        var command = new Command("report", "Write the paper's tables for trained streams and their sums: accuracy, moving against static, alpha, layers, gains by class, class activation maps. Tests on all of --data, on its data set's own test list, or of a run that left a fold out on that fold.");
        command.AddDataOptions();
        command.AddAll(runs, output, title, made, noMaps);
        command.AddAll(CommonOptions.Device, CommonOptions.BatchSize, CommonOptions.Threads, CommonOptions.Workers, CommonOptions.CacheMegabytes);
        command.SetWork((arguments, cancellation) =>
        {
            NetworkThreads.Apply(arguments);
            var folders = arguments.GetRequiredValue(runs);
            var set = DataOptions.Test(arguments);
            var device = torch.device(arguments.GetRequiredValue(CommonOptions.Device));
            var cache = new FrameCache((long)arguments.GetValue(CommonOptions.CacheMegabytes) << 20);
            var evaluator = new VideoEvaluator(cache, arguments.GetValue(CommonOptions.BatchSize), arguments.GetValue(CommonOptions.Workers), device);
            var experiments = WorkProgress.Show("passes over the test videos", report =>
            {
                int done = 0, all = folders.Sum(Experiment.Passes);
                report(0, all);
                return folders.Select(f => Experiment.Score(f, set, evaluator, device, () => report(++done, all), cancellation)).ToList();
            });
            var target = arguments.GetRequiredValue(output);
            var states = folders.SelectMany(f => Experiment.Runs(f).Select(name => Checkpoint.ReadState(Path.Combine(f, name, Checkpoint.LastName)))).ToList();
            string[] commands = [.. (arguments.GetValue(made) ?? []).Concat(states.Select(CommandLines.Fit)).Append(CommandLines.Of(arguments)).Distinct()]; // runs may share a teacher
            var tested = $"{experiments[0].Streams.Values.First().Moving.Videos.Count} test videos of {set.Labels.Count} classes";
            var introduction = experiments.Count == 1 ? $"One seed; {tested}." : $"{experiments.Count} seeds or folds; {tested} in the first. ± is the standard deviation over them.";
            if (states.Exists(s => DataOptions.LearntFrom(arguments, s, set)))
                introduction += " **Some of these networks learnt from some of these videos, so the figures say little of others.**";
            ReportWriter.Write(target, arguments.GetRequiredValue(title), introduction, commands, experiments, arguments.GetValue(noMaps) ? [] : ActivationStrips.Write(target, experiments, set));
            foreach (var (name, videos, _, clips) in PaperTables.StreamAccuracies(experiments))
                Console.WriteLine($"{name,-14} videos {videos,-12} clips {clips}");
            Console.WriteLine($"{Path.Combine(target, "report.md")} and report.html");
            return 0;
        });
        return command;
    }
}
