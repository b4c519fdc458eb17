using Mars.Inference.Models;
using Mars.Inference.Serving;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Export.Onnx;
using Mars.Trainer.Networks;

namespace Mars.Trainer.Export;

/// <summary>Writes a network as a model package, once its graph has been shown to compute the same.</summary>
internal static class PackageExporter
{
    /// <param name="models">Folder of all packages.</param>
    /// <param name="manifest">Name, version and provenance; shape and figures are filled in here.</param>
    /// <param name="network">In evaluation mode afterwards.</param>
    /// <param name="graph">What <see cref="NetworkGraph"/> made of it.</param>
    /// <param name="plan">By which; null with 3D convolutions.</param>
    /// <param name="state">Of its checkpoint.</param>
    /// <param name="clips">To compare on, beside noise.</param>
    /// <param name="card">Markdown.</param>
    /// <param name="test">Figures for the manifest; null when there are none.</param>
    /// <exception cref="InvalidDataException">The graph computes something else than the network: nothing is written.</exception>
    /// <returns>The package's folder and the largest relative difference that was found.</returns>
    public static (string Folder, double Difference) Write(
        string models, ModelManifest manifest, ResNeXt3D network, ModelProto graph, LoweringPlan? plan, RunState state, IReadOnlyList<byte[]> clips, string card, EvaluationResult? test)
    {
        using var draft = new GraphDraft(graph);
        var difference = ExportCheck.Run(
            network, draft.Path, [.. clips, .. ExportCheck.RandomClips(network.Shape, 3)], manifest.Precision == "fp16" ? ExportCheck.HalfTolerance : ExportCheck.Tolerance);
        var metrics = new Dictionary<string, double>(state.Metrics) { ["export_relative_difference"] = difference };
        if (test is not null)
        {
            metrics["test_video_accuracy"] = test.VideoAccuracy;
            metrics["test_clip_accuracy"] = test.ClipAccuracy;
        }
        var complete = manifest with
        {
            ClipLength = network.Shape.Frames,
            Size = network.Shape.Size,
            Classes = network.Shape.Classes,
            Mean = network.Shape.InputChannels == 2 ? [ClipInput.FlowMean, ClipInput.FlowMean] : manifest.Mean,
            Metrics = metrics,
            Layout = plan is null ? "conv3d" : "frames2d",
            Lowering = plan?.Text ?? new Dictionary<string, string>(),
        };
        return (ModelPackageWriter.Write(models, complete with { Golden = GoldenClip.Run(draft.Path, complete) }, draft.Path, state.Labels, card), difference);
    }
}
