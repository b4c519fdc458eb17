using System.Globalization;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Reporting;

/// <summary>One folder of runs that were trained alike: a seed, or a fold. Its streams are named by their folders.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Streams">By name.</param>
internal sealed record Experiment(string Folder, IReadOnlyDictionary<string, StreamRun> Streams)
{
    private static readonly string[] Main = ["rgb", "flow", "mers", "mars"];

    /// <summary>Names of the runs in a folder.</summary>
    public static IReadOnlyList<string> Runs(string folder) => !Directory.Exists(folder)
        ? throw new DirectoryNotFoundException($"{folder} does not exist: train its streams with fit --run {folder}/rgb and so on")
        : [.. Directory.GetDirectories(folder).Where(d => File.Exists(Path.Combine(d, Checkpoint.LastName))).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    /// <summary>Runs every stream of a folder over the test videos, the four main ones over their static versions too.</summary>
    /// <param name="folder">Of the runs.</param>
    /// <param name="data">Videos to test on; of a run that left a fold out, that fold.</param>
    /// <param name="evaluator">Runs the networks.</param>
    /// <param name="target">Its device.</param>
    /// <param name="done">Told after each pass over the videos.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static Experiment Score(string folder, FrameSet data, VideoEvaluator evaluator, Device target, Action done, CancellationToken cancellation)
    {
        var streams = new Dictionary<string, StreamRun>(StringComparer.Ordinal);
        foreach (var name in Runs(folder))
        {
            using var checkpoint = Checkpoint.Load(Path.Combine(folder, name, Checkpoint.LastName));
            checkpoint.Network.to(target);
            var set = data.WithLabels(checkpoint.State.Labels);
            if (checkpoint.State.Options.TryGetValue("--test-fold", out var fold))
                set = set.Where(v => $"{v.Fold}" == fold);
            if (set.Videos.Count == 0)
                throw new InvalidDataException($"{data.Folder} holds no video of fold {fold}, which {name} left out of its training");
            var moving = Pass(new EvaluationOptions());
            var run = new StreamRun(name, moving, Main.Contains(name) ? Pass(new EvaluationOptions { Static = true }) : null);
            streams[name] = checkpoint.State.Stream != "mars" ? run : run with
            {
                Alpha = double.Parse(checkpoint.State.Options["--alpha"], CultureInfo.InvariantCulture),
                DistillAt = checkpoint.State.Options["--distill-at"],
            };

            VideoScores Pass(EvaluationOptions options)
            {
                var scores = evaluator.Score(checkpoint.Network, set, options, null, cancellation);
                done();
                return scores;
            }
        }
        return new Experiment(folder, streams);
    }

    /// <summary>How many passes <see cref="Score"/> makes.</summary>
    public static int Passes(string folder) => Runs(folder).Sum(name => Main.Contains(name) ? 2 : 1);
}
