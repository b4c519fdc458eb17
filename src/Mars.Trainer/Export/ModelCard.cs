using System.Text;
using Mars.Inference.Models;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Networks;

namespace Mars.Trainer.Export;

/// <summary>CARD.md of a model package.</summary>
internal static class ModelCard
{
    /// <summary>The card of a package that was imported: what is known of it is its shape and where it came from.</summary>
    public static string WriteImported(ModelManifest manifest, NetworkShape shape, IReadOnlyList<string> labels, string file) => $"""
        # {manifest.Name} {manifest.Version}

        A {shape.Depth}-layer 3D ResNeXt (cardinality {shape.Cardinality}, planes {string.Join("-", shape.Planes)}, stem {shape.Stem}), {manifest.Kind} stream, for {shape.Classes} actions in clips of {shape.Frames} frames of {shape.Size}x{shape.Size} at 25 a second.

        Imported from {file}, a checkpoint of the code of MARS (Crasto et al., CVPR 2019). Its accuracy was not measured here: `./mars train evaluate` does it for a run of this trainer.

        Actions: {string.Join(", ", labels)}.

        """;

    /// <param name="name">Of the model.</param>
    /// <param name="version">Of the model.</param>
    /// <param name="state">Of the checkpoint that was exported.</param>
    /// <param name="commands">The commands that made it, in order.</param>
    /// <param name="test">Its accuracy on videos, which they are, and whether it learnt from them; null when it was not measured.</param>
    /// <param name="notes">Markdown to add: data, limits.</param>
    public static string Write(
        string name, string version, RunState state, IReadOnlyList<string> commands, (EvaluationResult Result, string Data, bool Seen)? test, string? notes)
    {
        var shape = state.Shape;
        var text = new StringBuilder();
        text.AppendLine(null, $"# {name} {version}");
        text.AppendLine();
        text.AppendLine(null, $"A {shape.Depth}-layer 3D ResNeXt (cardinality {shape.Cardinality}, planes {string.Join("-", shape.Planes)}, stem {shape.Stem}), {state.Stream} stream, for {shape.Classes} actions in clips of {shape.Frames} frames of {shape.Size}x{shape.Size} at 25 a second, trained {How(state.Stream)}, with the input pipeline and the SGD of MARS (Crasto et al., CVPR 2019).");
        text.AppendLine();
        text.AppendLine(null, $"Actions: {string.Join(", ", state.Labels)}.");
        text.AppendLine();
        text.AppendLine("## How it was made");
        text.AppendLine("```");
        foreach (var command in commands)
            text.AppendLine(command);
        text.AppendLine("```");
        text.AppendLine(null, $"Weights after epoch {state.Epoch}. There: {string.Join(", ", state.Metrics.Select(m => $"{m.Key.Replace('_', ' ')} {m.Value:F4}"))}. It learnt nothing from the validation videos.");
        text.AppendLine();
        text.AppendLine("## Accuracy");
        if (test is { } measured)
            text.AppendLine(null, $"On {measured.Data}, {(measured.Seen ? "**from which it learnt, so this says little of other videos**" : "which it never saw")}:").AppendLine().AppendLine(ResultMarkdown.Write(measured.Result));
        else
            text.AppendLine("Not measured on videos of their own.").AppendLine();
        text.AppendLine("## Limits");
        text.AppendLine("It knows the actions above and nothing else: whatever a camera shows, it names one of them. It was trained on the data above only; other views, places and people may differ much.");
        if (notes is not null)
            text.AppendLine().AppendLine(notes.Trim());
        return text.ToString();
    }

    private static string How(string stream) => stream switch
    {
        "flow" => "by cross-entropy on TV-L1 optical flow",
        "mars" => "by cross-entropy and the distance of its features to a flow stream's; it sees pictures only and computes no flow",
        "mers" => "by the distance of its features to a flow stream's, its last layer by cross-entropy; it sees pictures only and computes no flow",
        _ => "by cross-entropy",
    };
}
