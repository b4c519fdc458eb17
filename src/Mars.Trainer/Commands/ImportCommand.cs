using System.CommandLine;
using Mars.Inference.Models;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Export;
using TorchSharp;

namespace Mars.Trainer.Commands;

/// <summary>import: from an authors' checkpoint to a model package.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A checkpoint of the authors' code (.pth): 16 or 64 frames, any depth and number of classes. It need not have a GPU here." };
        var labels = CommonOptions.Required<string>("--labels", "FILE", "The names of the classes, a line each, in the order of the checkpoint's last layer.");
        var kind = CommonOptions.Required<string>("--kind", "KIND", "What it was trained as: mars, mers, rgb or flow.");
        kind.AcceptOnlyFromAmong("mars", "mers", "rgb", "flow");
        var name = CommonOptions.Required<string>("--name", "NAME", "Name of the model: lower-case letters, digits and dashes.");
        var output = CommonOptions.WithDefault("--output", "MODELS", "Folder of all model packages.", "models");
        var version = CommonOptions.WithDefault("--model-version", "VERSION", "Version of the model.", "1");
        var frames = CommonOptions.WithDefault("--frames", "N", "Frames of a clip (sample_duration), 16 or 64: the file's name tells (16f, 64f).", 16);
        frames.AcceptOnlyFromAmong("16", "64");
        var command = new Command("import", "Turn a checkpoint of the authors' code into a model package. Nothing in the file is executed.") { file };
        command.AddAll(labels, kind, name, output, version, frames, LayoutOption.Option, CommonOptions.Threads);
        command.SetWork((arguments, cancellation) =>
        {
            NetworkThreads.Apply(arguments);
            using var scope = torch.NewDisposeScope();
            var path = arguments.GetRequiredValue(file);
            using var network = AuthorsNetwork.Build(TorchCheckpoint.Read(path), arguments.GetValue(frames));
            var names = File.ReadAllLines(arguments.GetRequiredValue(labels)).Where(l => l.Length > 0).ToArray();
            if (names.Length != network.Shape.Classes)
                throw new InvalidDataException($"{arguments.GetRequiredValue(labels)} names {names.Length} classes and the checkpoint has {network.Shape.Classes}");
            var channels = arguments.GetRequiredValue(kind) == "flow" ? 2 : 3;
            if (network.Shape.InputChannels != channels)
                throw new InvalidDataException($"the checkpoint takes {network.Shape.InputChannels} channels and {arguments.GetRequiredValue(kind)} takes {channels}: give another --kind");

            var state = new RunState
            {
                Shape = network.Shape,
                Labels = names,
                Stream = arguments.GetRequiredValue(kind),
                Epoch = 0,
                Schedule = new Dictionary<string, double>(),
            };
            var manifest = new ModelManifest
            {
                Name = arguments.GetRequiredValue(name),
                Version = arguments.GetRequiredValue(version),
                Kind = state.Stream,
                Classes = names.Length,
                FrameRate = FrameExtractor.FrameRate,
                Provenance = new Dictionary<string, string> { ["imported_from"] = Path.GetFileName(path) },
            };
            var card = ModelCard.WriteImported(manifest, network.Shape, names, Path.GetFileName(path));
            var (graph, plan) = LayoutOption.Build(arguments, InferenceNetwork.From(network), half: false, cancellation);
            var (folder, difference) = PackageExporter.Write(arguments.GetRequiredValue(output), manifest, network, graph, plan, state, [], card, null);
            Console.WriteLine($"{folder}: ResNeXt-{network.Shape.Depth}, {names.Length} classes, {network.Shape.Frames} frames; the graph differs from the checkpoint by {difference:G2} at most (relative)");
            return 0;
        });
        return command;
    }
}
