using System.CommandLine;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using Mars.Trainer.Training;
using TorchSharp;

namespace Mars.Trainer.Commands;

/// <summary>evaluate: the accuracy of a trained network, or of the sum of several.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var streams = CommonOptions.Optional<string>("--streams", "LIST", "Add the logits of several streams (resume_path1 to resume_path3), as rgb,flow or mars,rgb: their runs are RUN/rgb, RUN/flow and so on.", "the one stream of RUN");
        var fold = CommonOptions.Optional<int?>("--fold", "FOLD", "Only the videos of this fold.", "all");
        var which = CommonOptions.WithDefault("--checkpoint", "WHICH", "last (the authors' way) or best (lowest validation loss).", "last");
        which.AcceptOnlyFromAmong("last", "best");
        var still = CommonOptions.Flag("--static", "Repeat each clip's middle frame: what is left without motion.");
        var teacher = CommonOptions.Optional<string>("--teacher", "RUN", "Measure the mean squared distance of the features to this flow stream's too.", "not measured");
        var markdown = CommonOptions.Optional<string>("--markdown", "FILE", "Write the tables as Markdown too.", "not written");
        var command = new Command("evaluate", "Measure video accuracy (mean logits of all non-overlapping clips, centre crop), clip accuracy, classes and confusions on videos not trained on.");
        command.AddDataOptions();
        command.AddAll(CommonOptions.Run, streams, fold, which, still, teacher, markdown);
        command.AddAll(CommonOptions.Device, CommonOptions.BatchSize, CommonOptions.Threads, CommonOptions.Workers, CommonOptions.CacheMegabytes);
        command.SetWork((arguments, cancellation) =>
        {
            NetworkThreads.Apply(arguments);
            var run = arguments.GetRequiredValue(CommonOptions.Run);
            string[] runs = arguments.GetValue(streams) is { } list ? [.. list.Split(',').Select(s => Path.Combine(run, s.Trim()))] : [run];
            var device = torch.device(arguments.GetRequiredValue(CommonOptions.Device));
            var evaluator = new VideoEvaluator(new FrameCache(0), arguments.GetValue(CommonOptions.BatchSize), arguments.GetValue(CommonOptions.Workers), device);
            if (runs.Length > 1 && arguments.GetValue(teacher) is not null)
                throw new ArgumentException("--teacher is compared with one stream: give its folder as --run, without --streams");
            var scores = new List<VideoScores>();
            foreach (var folder in runs)
            {
                using var checkpoint = Checkpoint.Load(Path.Combine(folder, $"{arguments.GetRequiredValue(which)}.safetensors"));
                checkpoint.Network.to(device);
                using var measured = arguments.GetValue(teacher) is { } path ? new Teacher(InitialWeights.Load(path, checkpoint.State.Shape.Frames).Network, 1, DistillationPoint.AvgPool) : null;
                measured?.Network.to(device);
                var options = new EvaluationOptions { Static = arguments.GetValue(still), Teacher = measured };
                var set = DataOptions.Test(arguments, arguments.GetValue(fold), checkpoint.State.Labels);
                scores.Add(WorkProgress.Show($"clips of {Path.GetFileName(folder)}", report => evaluator.Score(checkpoint.Network, set, options, report, cancellation)));
            }
            var result = EvaluationResult.From(scores.Count == 1 ? scores[0] : VideoScores.Sum(scores));
            ResultTable.Print(result);
            if (arguments.GetValue(teacher) is not null)
                Console.WriteLine($"mean squared distance of the features to the teacher's: {result.TeacherDistance:G4}");
            if (arguments.GetValue(markdown) is { } file)
                File.WriteAllText(file, ResultMarkdown.Write(result));
            return 0;
        });
        return command;
    }
}
