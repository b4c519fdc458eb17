using System.CommandLine;
using Mars.Inference.Models;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Export;
using TorchSharp;

namespace Mars.Trainer.Commands;

/// <summary>export: a model package from a checkpoint.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> Name = CommonOptions.Required<string>("--name", "NAME", "Name of the model: lower-case letters, digits and dashes.");
    private static readonly Option<string> Output = CommonOptions.WithDefault("--output", "MODELS", "Folder of all model packages.", "models");
    private static readonly Option<string> Version = CommonOptions.WithDefault("--model-version", "VERSION", "Version of the model.", "1");
    private static readonly Option<string> Which =
        CommonOptions.WithDefault("--checkpoint", "WHICH", "last (the authors' way) or best (lowest validation loss).", "last");
    private static readonly Option<string> Precision =
        CommonOptions.WithDefault("--precision", "TYPE", "fp32, or fp16: half the size, faster on GPUs with such units, no faster on CPUs.", "fp32");
    private static readonly Option<string> TestData =
        CommonOptions.Optional<string>("--test-data", "FRAMES", "Videos never trained on, as prepare left them: measured, and part of the check.", "the graph is checked on noise, and its accuracy not measured");
    private static readonly Option<int?> Fold = CommonOptions.Optional<int?>("--fold", "FOLD", "Only this fold of --test-data.", "all of them");
    private static readonly Option<string> Notes = CommonOptions.Optional<string>("--notes", "FILE", "Markdown that is added to the card: what the data are, limits.", "none");
    private static readonly Option<string[]> Made =
        CommonOptions.Optional<string[]>("--made-by", "COMMAND", "A command that came before fit, for the card; may be given several times.", "none");

    private const int CheckedClips = 3;

    public static Command Create()
    {
        Which.AcceptOnlyFromAmong("last", "best");
        Precision.AcceptOnlyFromAmong("fp32", "fp16");
        var command = new Command("export", "Write a trained network as a model package: ONNX graph (checked against the network), labels, card and manifest.");
        command.AddAll(CommonOptions.Run, Name, Output, Version, Which, Precision, LayoutOption.Option, TestData, Fold, Notes, Made);
        command.AddAll(CommonOptions.BatchSize, CommonOptions.Threads, CommonOptions.Workers);
        command.SetWork(Export);
        return command;
    }

    private static int Export(ParseResult arguments, CancellationToken cancellation)
    {
        NetworkThreads.Apply(arguments);
        var run = arguments.GetRequiredValue(CommonOptions.Run);
        var (name, version) = (arguments.GetRequiredValue(Name), arguments.GetRequiredValue(Version));
        var output = arguments.GetRequiredValue(Output);
        if (Directory.Exists(Path.Combine(output, name, version)))
            throw new InvalidDataException($"{Path.Combine(output, name, version)} exists already: give another --model-version or remove it");
        using var checkpoint = Checkpoint.Load(Path.Combine(run, $"{arguments.GetRequiredValue(Which)}.safetensors"));
        var (network, state) = (checkpoint.Network, checkpoint.State);

        IReadOnlyList<byte[]> clips = [];
        (EvaluationResult Result, string Data, bool Seen)? test = null;
        if (arguments.GetValue(TestData) is { } folder)
        {
            var set = DataOptions.Test(folder, arguments.GetValue(Fold), state.Labels);
            clips = FirstClips.Read(set, set.Videos.Take(CheckedClips), network.Shape);
            var evaluator = new VideoEvaluator(new FrameCache(0), arguments.GetValue(CommonOptions.BatchSize), arguments.GetValue(CommonOptions.Workers), torch.CPU);
            var result = WorkProgress.Show("test clips", report => evaluator.Run(network, set, new EvaluationOptions(), report, cancellation));
            test = (result, arguments.GetValue(Fold) is { } fold ? $"fold {fold} of {folder}" : folder, state.LearntFrom(folder, arguments.GetValue(Fold)));
            if (test is { Seen: true })
                Console.WriteLine($"warning: {run} learnt from {folder}, and its card says so: give videos that it never saw as --test-data");
        }

        string[] commands = [.. arguments.GetValue(Made) ?? [], CommandLines.Fit(state), CommandLines.Of(arguments)];
        var manifest = new ModelManifest
        {
            Name = name,
            Version = version,
            Kind = state.Stream,
            Precision = arguments.GetRequiredValue(Precision),
            Classes = state.Labels.Count,
            FrameRate = FrameExtractor.FrameRate,
            Provenance = new Dictionary<string, string> { ["made_by"] = string.Join("; ", commands), ["epochs"] = $"{state.Epoch}", ["test_data"] = test?.Data ?? "none" },
        };
        var notes = arguments.GetValue(Notes) is { } file ? File.ReadAllText(file) : null;
        var card = ModelCard.Write(name, version, state, commands, test, notes);
        var (graph, plan) = LayoutOption.Build(arguments, InferenceNetwork.From(network), manifest.Precision == "fp16", cancellation);
        var (written, difference) = PackageExporter.Write(output, manifest, network, graph, plan, state, clips, card, test?.Result);
        if (test is { } measured)
            ResultTable.Print(measured.Result);
        Console.WriteLine($"{written}: {new FileInfo(Path.Combine(written, ModelPackage.GraphName)).Length / 1e6:F1} MB, differs from the trained network by {difference:G2} at most (relative)");
        return 0;
    }
}
