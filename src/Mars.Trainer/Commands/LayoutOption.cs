using System.CommandLine;
using Mars.Trainer.Export;
using Mars.Trainer.Export.Onnx;

namespace Mars.Trainer.Commands;

/// <summary>--layout: how the exported graph computes.</summary>
internal static class LayoutOption
{
    public static readonly Option<string> Option = Create();

    /// <summary>The graph in the layout that was asked for, and the plan of a lowered one.</summary>
    public static (ModelProto Graph, LoweringPlan? Plan) Build(ParseResult arguments, InferenceNetwork network, bool half, CancellationToken cancellation)
    {
        if (arguments.GetRequiredValue(Option) == "conv3d")
            return (NetworkGraph.Conv3d(network, half), null);
        var plan = WorkProgress.Show(
            "layers timed", report => LoweringSearch.Run(network, (graph, candidate) => new Frames2dLayout(graph, network.Shape, candidate), report, cancellation));
        return (NetworkGraph.Frames2d(network, plan, half), plan);
    }

    private static Option<string> Create()
    {
        var option = CommonOptions.WithDefault(
            "--layout", "LAYOUT", "frames2d: 2D convolutions over frames, the same results, faster on CPUs (how is measured here, a few seconds); conv3d: as PyTorch writes it.", "frames2d");
        option.AcceptOnlyFromAmong("frames2d", "conv3d");
        return option;
    }
}
