using System.CommandLine;
using Mars.Inference.Models;
using Mars.Inference.Serving;
using Mars.Inference.Sessions;
using Mars.Trainer.Benchmarking;
using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Export;
using Mars.Trainer.Quantization;
using Spectre.Console;

namespace Mars.Trainer.Commands;

/// <summary>quantize: a package in 8-bit integers from one in floats.</summary>
internal static class QuantizeCommand
{
    private const double LargestLoss = 0.005;
    private const double LeastAgreement = 0.98;
    private const int TimedRuns = 15;

    private static readonly Option<string> CalibrationData = CommonOptions.Required<string>("--calibration", "FRAMES", "Videos like those that the model will see, as prepare left them: they give the range of every layer.");
    private static readonly Option<string> EvaluationData = CommonOptions.Required<string>("--evaluation", "FRAMES", "Videos that neither training nor --calibration saw: accuracy and agreement are measured on them.");
    private static readonly Option<int?> CalibrationFold = CommonOptions.Optional<int?>("--calibration-fold", "FOLD", "Leave this fold of --calibration out.", "none is left out");
    private static readonly Option<int?> Fold = CommonOptions.Optional<int?>("--fold", "FOLD", "Only this fold of --evaluation.", "all");
    private static readonly Option<int> Clips = CommonOptions.WithDefault("--clips", "N", "Calibration clips.", 96);
    private static readonly Option<string> Name = CommonOptions.Optional<string>("--name", "NAME", "Name of the new model.", "that of the old one and -int8");
    private static readonly Option<string> Version = CommonOptions.WithDefault("--model-version", "VERSION", "Version of the new model.", "1");
    private static readonly Option<bool> Force = CommonOptions.Flag("--force", "Write it even if it loses more than 0.5 points of accuracy or agrees with less than 98 % of the answers.");

    public static Command Create()
    {
        var command = new Command("quantize", "Make an 8-bit package for CPUs of an fp32 one, and measure what it costs and gains.") { Fp32Package.Argument };
        command.AddAll(CalibrationData, EvaluationData, CalibrationFold, Fold, Clips, Name, Version, Force, StemReuseOption.Option, CommonOptions.Workers);
        command.SetWork(Quantize);
        return command;
    }

    private static int Quantize(ParseResult arguments, CancellationToken cancellation)
    {
        var package = Fp32Package.Load(arguments);
        var old = package.Manifest;
        var (name, version) = (arguments.GetValue(Name) ?? $"{old.Name}-int8", arguments.GetRequiredValue(Version));
        var models = Fp32Package.Models(package, name, version);
        var workers = arguments.GetValue(CommonOptions.Workers);
        var network = GraphNetwork.Read(package.Graph);
        var test = DataOptions.Test(arguments.GetRequiredValue(EvaluationData), arguments.GetValue(Fold), package.Labels);
        var calibration = FrameSet.Load(arguments.GetRequiredValue(CalibrationData)).Where(v => v.Fold is null || v.Fold != arguments.GetValue(CalibrationFold));
        var clips = FirstClips.Read(calibration, Spread(calibration.Videos, arguments.GetValue(Clips)), network.Shape);

        var plan = WorkProgress.Show("layers timed", report => LoweringSearch.Run(
            network, (graph, candidate) => new QuantizedLayout(graph, network.Shape, candidate, _ => new ActivationRange(0, 1)), report, cancellation));
        var quantized = WorkProgress.Show("calibration runs", report => new NetworkQuantizer(network, plan).Run(clips, report, cancellation));
        foreach (var (method, near) in quantized.Tried)
            Console.WriteLine($"ranges by {method,-18} logits differ by {near.Distance,6:P1}, {near.Same,6:P1} same answers{(method == quantized.Method ? "   <- taken" : string.Empty)}");

        using var draft = new GraphDraft(quantized.Model);
        var settings = new SessionSettings { MaxBatch = 4 };
        using var before = OrtClipSession.Load(package.Graph, old.ClipLength, old.Size, settings);
        using var after = OrtClipSession.Load(draft.Path, old.ClipLength, old.Size, settings);
        var expected = WorkProgress.Show("clips in fp32", report => PackageEvaluator.Score(before, test, workers, report, cancellation));
        var actual = WorkProgress.Show("clips in int8", report => PackageEvaluator.Score(after, test, workers, report, cancellation));
        var (fp32, int8) = (EvaluationResult.From(expected), EvaluationResult.From(actual));
        var agreement = Agreement.Of([.. expected.Videos.SelectMany(v => v.Clips)], [.. actual.Videos.SelectMany(v => v.Clips)]);
        var rows = BenchRow.InTurn([new SessionContestant("fp32", before, 1), new SessionContestant("int8", after, 1)], TimedRuns, null, cancellation);
        var (slow, fast) = (rows[0].Median, rows[1].Median);
        var good = int8.VideoAccuracy >= fp32.VideoAccuracy - LargestLoss && agreement.Same >= LeastAgreement;
        string[] figures =
        [
            $"video accuracy {fp32.VideoAccuracy:P1} in fp32, {int8.VideoAccuracy:P1} in int8 ({fp32.Videos} videos)",
            $"clip accuracy {fp32.ClipAccuracy:P1} in fp32, {int8.ClipAccuracy:P1} in int8; {agreement.Same:P1} of {fp32.Clips} clips have the same answer",
            $"a clip takes {slow:F1} ms in fp32 and {fast:F1} ms in int8 here ({slow / fast:F2} times as fast; medians of {TimedRuns} in turn, {Environment.ProcessorCount} cores)",
        ];
        foreach (var figure in figures)
            Console.WriteLine(figure);
        if (!good && !arguments.GetValue(Force))
        {
            AnsiConsole.MarkupLine($"[red]refused:[/] int8 may lose {LargestLoss * 100:F1} points of video accuracy at most and must give the same answer for {LeastAgreement:P0} of the clips. More or better calibration clips may help; --force writes it all the same.");
            return 1;
        }
        var manifest = old with
        {
            Name = name,
            Version = version,
            Precision = "int8",
            Golden = GoldenClip.Run(after),
            Layout = "frames2d",
            Lowering = plan.Text,
            Metrics = new Dictionary<string, double>(old.Metrics.Where(m => !m.Key.StartsWith("test_", StringComparison.Ordinal) && m.Key != "export_relative_difference"))
            {
                ["test_video_accuracy"] = int8.VideoAccuracy,
                ["test_clip_accuracy"] = int8.ClipAccuracy,
                ["fp32_video_accuracy"] = fp32.VideoAccuracy,
                ["fp32_same_answers"] = agreement.Same,
            },
            Provenance = new Dictionary<string, string>(old.Provenance)
            {
                ["quantized_from"] = $"{old.Name}/{old.Version}",
                ["quantized_by"] = CommandLines.Of(arguments),
                ["ranges"] = quantized.Method,
            },
        };
        var card = $"# {name} {version}\n\n{old.Name}/{old.Version} in 8-bit integers, for CPUs (GPUs run the fp32 or fp16 package faster). Ranges by {quantized.Method} of {clips.Length} clips of {arguments.GetRequiredValue(CalibrationData)}.\n\n"
            + $"On {arguments.GetRequiredValue(EvaluationData)}:\n{string.Concat(figures.Select(f => $"- {f}\n"))}{(good ? string.Empty : "\nThat is less than is asked of a quantised package; it was written with --force.\n")}\n"
            + $"```\n{CommandLines.Of(arguments)}\n```\n\nWhat follows is the card of {old.Name}/{old.Version}.\n\n---\n\n{File.ReadAllText(Path.Combine(package.Folder, ModelPackage.CardName))}";
        using var parts = StemReuseOption.Build(arguments, () => new StemParts(network, plan, quantized.Range));
        Console.WriteLine(ModelPackageWriter.Write(models, manifest, draft.Path, package.Labels, card, parts.Files));
        return 0;
    }

    // So many videos from all over the set.
    private static IEnumerable<VideoEntry> Spread(IReadOnlyList<VideoEntry> videos, int count) =>
        Enumerable.Range(0, Math.Min(count, videos.Count)).Select(i => videos[(int)(i * Math.Max(1, videos.Count / (double)count))]);
}
