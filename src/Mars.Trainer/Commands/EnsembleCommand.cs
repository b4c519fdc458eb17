using System.CommandLine;
using Mars.Inference.Models;

namespace Mars.Trainer.Commands;

/// <summary>ensemble: a package that names others.</summary>
internal static class EnsembleCommand
{
    public static Command Create()
    {
        var members = CommonOptions.Required<string>("--members", "LIST", "The models whose logits are averaged, as mars/1,rgb/1: packages of the same folder.");
        var name = CommonOptions.Required<string>("--name", "NAME", "Name of the ensemble: lower-case letters, digits and dashes.");
        var output = CommonOptions.WithDefault("--output", "MODELS", "Folder of all model packages.", "models");
        var version = CommonOptions.WithDefault("--model-version", "VERSION", "Version of the ensemble.", "1");
        var margin = CommonOptions.Optional<double?>("--cascade-margin", "MARGIN", "Ask the second of two members only where the first one's two best scores lie closer than this, 0 to 1: most windows then cost one run.", "both are asked for every window");
        var command = new Command("ensemble", "Write a package whose answers are the mean of several models' logits, as MARS+RGB is.");
        command.AddAll(members, name, margin, output, version);
        command.SetWork((arguments, _) =>
        {
            var models = arguments.GetRequiredValue(output);
            var parts = arguments.GetRequiredValue(members).Split(',', StringSplitOptions.TrimEntries);
            if (parts.Length < 2)
                throw new ArgumentException("--members: an ensemble has two members at least, as mars/1,rgb/1");
            var cascade = arguments.GetValue(margin);
            if (cascade is not null && (parts.Length != 2 || cascade is not (> 0 and <= 1)))
                throw new ArgumentException("--cascade-margin: a cascade has two members and a margin between 0 and 1");
            var packages = parts.Select(p => ModelPackage.Load(Path.Combine(models, p))).ToList();
            var first = packages[0].Manifest;
            var manifest = new ModelManifest
            {
                Name = arguments.GetRequiredValue(name),
                Version = arguments.GetRequiredValue(version),
                Kind = cascade is null ? "ensemble" : ModelManifest.Cascade,
                Margin = cascade ?? 0,
                Members = parts,
                ClipLength = first.ClipLength,
                Size = first.Size,
                FrameRate = first.FrameRate,
                Classes = first.Classes,
            };
            var what = cascade is null
                ? $"The mean of the logits of {string.Join(" and ", parts)}, which have cards of their own. Each window costs a run of each."
                : $"{parts[0]}, and where its two best scores lie closer than {cascade} the mean of its logits and those of {parts[1]}. Both have cards of their own.";
            var card = $"# {manifest.Name} {manifest.Version}\n\n{what}\n";
            Console.WriteLine(ModelPackageWriter.Write(models, manifest, null, packages[0].Labels, card));
            return 0;
        });
        return command;
    }
}
