using System.CommandLine;
using Mars.Inference.Models;
using Mars.Inference.Serving;
using Mars.Trainer.Export;

namespace Mars.Trainer.Commands;

/// <summary>lower: a package's network in the layout that is the fastest on this machine.</summary>
internal static class LowerCommand
{
    private static readonly Option<string> Version = CommonOptions.Required<string>("--model-version", "VERSION", "Version of the new package; its name stays.");

    public static Command Create()
    {
        var command = new Command("lower", "Write a package anew as export would on this machine: for packages that another machine, or an older Mars, has written. The weights stay as they are.") { Fp32Package.Argument };
        command.AddAll(Version, LayoutOption.Option, StemReuseOption.Option);
        command.SetWork(Lower);
        return command;
    }

    private static int Lower(ParseResult arguments, CancellationToken cancellation)
    {
        var package = Fp32Package.Load(arguments);
        var (old, version) = (package.Manifest, arguments.GetRequiredValue(Version));
        var models = Fp32Package.Models(package, old.Name, version);
        var network = GraphNetwork.Read(package.Graph);
        var (graph, plan) = LayoutOption.Build(arguments, network, half: false, cancellation);
        using var draft = new GraphDraft(graph);
        var difference = ExportCheck.Run(package.Graph, draft.Path, network.Shape);
        using var parts = StemReuseOption.Build(arguments, () => new StemParts(network, plan ?? throw new InvalidDataException("--stem-reuse needs --layout frames2d")));
        var manifest = old with
        {
            Version = version,
            Layout = plan is null ? "conv3d" : "frames2d",
            Lowering = plan?.Text ?? new Dictionary<string, string>(),
            Golden = GoldenClip.Run(draft.Path, old),
            Provenance = new Dictionary<string, string>(old.Provenance) { ["lowered_by"] = CommandLines.Of(arguments) },
        };
        var written = ModelPackageWriter.Write(models, manifest, draft.Path, package.Labels, File.ReadAllText(Path.Combine(package.Folder, ModelPackage.CardName)), parts.Files);
        Console.WriteLine($"{written}: differs from {old.Name}/{old.Version} by {difference:G2} at most (relative)");
        return 0;
    }
}
