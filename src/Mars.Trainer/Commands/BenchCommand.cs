using System.CommandLine;
using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.Trainer.Benchmarking;
using Mars.Trainer.Data;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;
using Spectre.Console;

namespace Mars.Trainer.Commands;

/// <summary>bench engine: every way to run a network, against each other.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var package = CommonOptions.Optional<string>("--package", "PACKAGE", "An fp32 package to run.", "a network with random weights, which changes no time");
        var depth = CommonOptions.WithDefault("--depth", "N", "Depth of the network without --package: 14, 50, 101 or 152.", 101);
        depth.AcceptOnlyFromAmong("14", "50", "101", "152");
        var width = CommonOptions.WithDefault("--width", "WIDTH", "Its width: full (the paper's), half or narrow.", "full");
        width.AcceptOnlyFromAmong("full", "half", "narrow");
        var frames = CommonOptions.WithDefault("--frames", "N", "Frames of a clip.", 16);
        var rounds = CommonOptions.WithDefault("--rounds", "N", "Runs of each, in turn.", 15);
        var json = CommonOptions.Optional<string>("--json", "FILE", "Write the figures as JSON too.", "not written");
        var picture = CommonOptions.Optional<string>("--png", "FILE", "Draw them as bars too.", "not drawn");
        var profile = CommonOptions.Flag("--profile", "Print where the time of each graph goes, too (CPU).");
        var provider = CommonOptions.WithDefault("--provider", "NAME", "cpu, or cuda or tensorrt for the ways to run it on an NVIDIA GPU.", "cpu");
        provider.AcceptOnlyFromAmong("cpu", "cuda", "tensorrt");
        var engine = new Command("engine", "Time a network as a plain 3D graph, in libtorch, and as Mars runs it in fp32 and int8, with and without reuse of the stem, in turn in one run on this machine.");
        engine.AddAll(package, depth, width, frames, rounds, CommonOptions.Threads, provider, profile, json, picture);
        engine.SetWork((arguments, cancellation) =>
        {
            var network = arguments.GetValue(package) is { } folder ? GraphNetwork.Read(ModelPackage.Load(folder).Graph) : Random(NetworkShape.Create(
                arguments.GetValue(depth), arguments.GetRequiredValue(width), 400, frames: arguments.GetValue(frames)));
            var threads = arguments.GetValue(CommonOptions.Threads);
            IReadOnlyList<BenchRow> rows = [];
            var on = Enum.Parse<ExecutionProvider>(arguments.GetRequiredValue(provider), ignoreCase: true);
            var bench = new EngineBench(network, threads, arguments.GetValue(profile));
            Func<int, Action<string, int, int>, CancellationToken, IReadOnlyList<BenchRow>> run = on == ExecutionProvider.Cpu ? bench.Run : new GpuBench(network, on).Run;
            if (AnsiConsole.Profile.Out.IsTerminal)
                AnsiConsole.Status().Start("starting", status => rows = run(arguments.GetValue(rounds), (what, done, all) => status.Status($"{what} {done}/{all}"), cancellation));
            else
                rows = run(arguments.GetValue(rounds), Tell(), cancellation);
            var shape = network.Shape;
            var report = new BenchReport($"ResNeXt-{shape.Depth}, planes {string.Join("-", shape.Planes)}, {shape.Frames} frames of {shape.Size}x{shape.Size}", threads, rows);
            report.Print();
            foreach (var (name, operations) in bench.Profiles)
            {
                Console.WriteLine($"{name}, ms of a run by operation:");
                foreach (var (operation, nodes, milliseconds) in operations.Where(o => o.Milliseconds >= 0.05))
                    Console.WriteLine($"    {operation,-24} {milliseconds,8:F1}   {nodes} nodes");
            }
            if (arguments.GetValue(json) is { } file)
                report.WriteJson(file);
            if (arguments.GetValue(picture) is { } drawing)
                report.WritePicture(drawing);
            return 0;
        });
        return new Command("bench", "Measure how fast networks run here.") { engine, CreateDecode() };
    }

    private static Command CreateDecode()
    {
        var videos = new Argument<string>("VIDEOS") { Description = "Labelled videos, as prepare takes them, whose short side is at least 2.4 times the package's." };
        var package = CommonOptions.Required<string>("--package", "PACKAGE", "Recognises them.");
        var command = new Command("decode", "Compare what a package makes of JPEGs decoded in full and, as the server does with large ones, straight to a half, a quarter or an eighth of their size.") { videos };
        command.AddAll(package, CommonOptions.Threads);
        command.SetWork((arguments, cancellation) =>
        {
            var model = ModelPackage.Load(arguments.GetRequiredValue(package));
            using var session = OrtClipSession.Load(
                model.Graph, model.Manifest.ClipLength, model.Manifest.Size, new SessionSettings { MaxBatch = 1, Threads = arguments.GetValue(CommonOptions.Threads) });
            var bench = new DecodeBench(session, model.Labels);
            var found = SourceVideos.Find(arguments.GetRequiredValue(videos)).Videos;
            WorkProgress.Show("videos", report => bench.Run(found, report, cancellation)).Print();
            return 0;
        });
        return command;
    }

    /// <summary>The other process of the bench.</summary>
    public static Command CreateHelper()
    {
        var precision = new Argument<string>("PRECISION");
        var threads = new Argument<int>("THREADS");
        var command = new Command(LibtorchContestant.HelperCommand) { precision, threads };
        command.Hidden = true;
        command.SetWork((arguments, _) => LibtorchContestant.Help(arguments.GetRequiredValue(precision), arguments.GetValue(threads)));
        return command;
    }

    // Into a file or a pipe: a line when something new begins.
    private static Action<string, int, int> Tell()
    {
        var last = string.Empty;
        return (what, _, all) =>
        {
            if (what != last)
                Console.Error.WriteLine($"{last = what}: {all} ...");
        };
    }

    private static InferenceNetwork Random(NetworkShape shape)
    {
        using var network = new ResNeXt3D(shape);
        return InferenceNetwork.From(network);
    }
}
