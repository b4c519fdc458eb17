using System.CommandLine;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using TorchSharp;

namespace Mars.Trainer.Commands;

/// <summary>evaluate: the accuracy of a trained network.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Required<string>("--data", "FRAMES", "Folder that prepare has filled, of videos that were not trained on.");
        var fold = CommonOptions.Optional<int?>("--fold", "FOLD", "Only the videos of this fold.");
        var which = CommonOptions.WithDefault("--checkpoint", "WHICH", "last (the authors' way) or best (lowest validation loss).", "last");
        which.AcceptOnlyFromAmong("last", "best");
        var markdown = CommonOptions.Optional<string>("--markdown", "FILE", "Write the tables as Markdown too.");
        var command = new Command("evaluate", "Measure video accuracy (mean logits of all non-overlapping clips, centre crop), clip accuracy, classes and confusions.");
        command.AddAll(CommonOptions.Run, data, fold, which, markdown);
        command.AddAll(CommonOptions.Device, CommonOptions.BatchSize, CommonOptions.Threads, CommonOptions.Workers, CommonOptions.CacheMegabytes);
        command.SetWork((arguments, cancellation) =>
        {
            torch.set_num_threads(arguments.GetValue(CommonOptions.Threads));
            var path = Path.Combine(arguments.GetRequiredValue(CommonOptions.Run), $"{arguments.GetRequiredValue(which)}.safetensors");
            using var checkpoint = Checkpoint.Load(path);
            var (network, state) = (checkpoint.Network, checkpoint.State);
            var device = torch.device(arguments.GetRequiredValue(CommonOptions.Device));
            network.to(device);
            var set = TestSet.Load(arguments.GetRequiredValue(data), arguments.GetValue(fold), state.Labels);
            var evaluator = new VideoEvaluator(new FrameCache(0), arguments.GetValue(CommonOptions.BatchSize), arguments.GetValue(CommonOptions.Workers), device);
            var result = WorkProgress.Show("clips", report => evaluator.Run(network, set, report, cancellation));
            ResultTable.Print(result);
            if (arguments.GetValue(markdown) is { } file)
                File.WriteAllText(file, ResultMarkdown.Write(result));
            return 0;
        });
        return command;
    }
}
