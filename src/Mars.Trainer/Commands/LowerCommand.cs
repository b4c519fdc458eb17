using System.CommandLine;
using Google.Protobuf;
using Mars.Inference.Models;
using Mars.Inference.Serving;
using Mars.Trainer.Export;

namespace Mars.Trainer.Commands;

/// <summary>lower: a package's network in the layout that is the fastest on this machine.</summary>
internal static class LowerCommand
{
    private static readonly Argument<string> Package = new("PACKAGE") { Description = "Folder of an fp32 package that export or import wrote, as models/mars/1." };
    private static readonly Option<string> Version = CommonOptions.Required<string>("--model-version", "VERSION", "Version of the new package; its name stays.");

    public static Command Create()
    {
        var command = new Command("lower", "Write a package anew as export would on this machine: for packages that another machine, or an older Mars, has written. The weights stay as they are.") { Package };
        command.AddAll(Version, LayoutOption.Option);
        command.SetWork(Lower);
        return command;
    }

    private static int Lower(ParseResult arguments, CancellationToken cancellation)
    {
        var package = ModelPackage.Load(arguments.GetRequiredValue(Package));
        var old = package.Manifest;
        if (old.Members.Count > 0 || old.Precision != "fp32")
            throw new InvalidDataException($"{package.Folder} is {(old.Members.Count > 0 ? "an ensemble: give its members" : $"in {old.Precision}: give the fp32 package")}");
        var network = GraphNetwork.Read(package.Graph);
        var (graph, plan) = LayoutOption.Build(arguments, network, half: false, cancellation);
        var draft = Path.Combine(Path.GetTempPath(), $"mars-{Guid.NewGuid():N}.onnx");
        try
        {
            File.WriteAllBytes(draft, graph.ToByteArray());
            var difference = ExportCheck.Run(package.Graph, draft, network.Shape);
            var manifest = old with
            {
                Version = arguments.GetRequiredValue(Version),
                Layout = plan is null ? "conv3d" : "frames2d",
                Lowering = plan?.Text ?? new Dictionary<string, string>(),
                Golden = GoldenClip.Run(draft, old),
                Provenance = new Dictionary<string, string>(old.Provenance) { ["lowered_by"] = CommandLines.Of(arguments) },
            };
            var models = Path.GetFullPath(Path.Combine(package.Folder, "..", ".."));
            var written = ModelPackageWriter.Write(models, manifest, draft, package.Labels, File.ReadAllText(Path.Combine(package.Folder, ModelPackage.CardName)));
            Console.WriteLine($"{written}: differs from {old.Name}/{old.Version} by {difference:G2} at most (relative)");
            return 0;
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
