using Mars.Fuzzing.Targets;

namespace Mars.Fuzzing;

/// <summary>All targets, and what share of the inputs each gets.</summary>
internal static class FuzzTargets
{
    private static readonly (string Name, double Share, Func<IFuzzTarget> Make)[] All =
    [
        ("frames", 0.3, () => new FrameTarget()),
        ("messages", 0.3, () => new MessageTarget()),
        ("manifests", 0.2, () => new ManifestTarget()),
        ("checkpoints", 0.195, () => new CheckpointTarget()),
        ("graphs", 0.005, () => new GraphTarget()), // each is loaded by ONNX Runtime
    ];

    public static IReadOnlyList<string> Names => [.. All.Select(t => t.Name)];

    public static double Share(string name) => All.Single(t => t.Name == name).Share;

    public static IFuzzTarget Make(string name) => All.Single(t => t.Name == name).Make();
}
