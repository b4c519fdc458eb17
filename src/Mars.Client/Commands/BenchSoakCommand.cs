using System.CommandLine;
using Mars.Client.Load;
using Mars.Client.Reporting;
using Mars.Client.Soak;
using Mars.V1;

namespace Mars.Client.Commands;

/// <summary>mars bench soak</summary>
internal static class BenchSoakCommand
{
    // Of the capacity: what a server should bear for ever.
    private const double Share = 0.8;

    public static Command Create(Terminal terminal)
    {
        var target = new BenchTarget();
        var minutes = new Option<double>("--minutes") { Description = "How long.", HelpName = "M", DefaultValueFactory = _ => 30 };
        var cameras = new Option<int?>("--cameras") { Description = "Cameras; otherwise 0.8 of the capacity, which is searched for first.", HelpName = "N" };
        var fps = new Option<double>("--fps") { Description = "Frames a second of each camera.", HelpName = "F", DefaultValueFactory = _ => 25 };
        var model = new Option<string>("--model") { Description = "Model or ensemble; the server's default otherwise.", HelpName = "NAME", DefaultValueFactory = _ => "" };
        var stride = new Option<int>("--stride") { Description = "Frames, at the model's rate, between windows; 0 is the server's default.", HelpName = "N" };
        var cuts = new Option<double>("--disconnects") { Description = "How often each camera's connection is cut, at random, a minute.", HelpName = "RATE", DefaultValueFactory = _ => 1 };
        var reload = new Option<double>("--reload-seconds") { Description = "How often the server is told to reload its models; its own server then finds another version of its model each time. 0 is never.", HelpName = "S", DefaultValueFactory = _ => 10 };
        var command = new Command("soak", "Run cameras for long, cut their connections and reload models meanwhile, and check that nothing is lost and nothing grows.") { minutes, cameras, fps, model, stride, cuts, reload };
        target.AddTo(command);
        minutes.Require<double>(n => n is >= 0.1 and <= 100_000, "must be between 0.1 and 100000");
        cameras.Require<int>(n => n >= 1, "must be 1 or more");
        command.SetAction(async (parsed, cancellation) =>
        {
            var progress = new ProgressLine(terminal, TimeProvider.System);
            using var versions = parsed.GetValue(reload) > 0 && target.Models(parsed) is { } models ? new ModelVersions(models) : null;
            await using var server = await target.OpenAsync(parsed, versions?.Folder, progress, cancellation);
            var frames = await target.FramesAsync(parsed, progress, cancellation);
            await BenchServers.CheckAsync(server, parsed.GetRequiredValue(model), cancellation);
            var options = new SoakOptions
            {
                Cameras = parsed.GetValue(cameras) ?? 1,
                Duration = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                FrameRate = parsed.GetValue(fps),
                Model = parsed.GetRequiredValue(model),
                Stride = parsed.GetValue(stride),
                CutsPerMinute = parsed.GetValue(cuts),
                ReloadEvery = TimeSpan.FromSeconds(parsed.GetValue(reload)),
            };
            if (parsed.GetValue(cameras) is null)
                options = options with { Cameras = await FindAsync(server, frames, options, progress, cancellation) };
            var result = await new SoakRun(server, versions, frames, progress.Show, progress.Step, TimeProvider.System).RunAsync(options, cancellation);
            progress.Clear();
            terminal.Console.Write(SoakTable.Of(result));
            target.WriteJson(parsed, result);
            return result.Passed ? 0 : CommandLine.Failed;
        });
        return command;
    }

    private static async Task<int> FindAsync(LoadTarget server, FrameLoop frames, SoakOptions options, ProgressLine progress, CancellationToken cancellation)
    {
        var step = new LoadOptions { Cameras = 1, FrameRate = options.FrameRate, Model = options.Model, Stride = options.Stride, Mode = DeliveryMode.EveryWindow, Duration = TimeSpan.FromSeconds(10) };
        var run = new LoadRun(server, frames, p => progress.Show(p.ToString()), TimeProvider.System);
        var capacity = await BenchServers.FindCapacityAsync(run, step, TimeSpan.FromMilliseconds(500), progress, [], cancellation);
        var cameras = Math.Max(1, (int)(Share * capacity));
        progress.Step($"capacity {capacity} cameras: soaking with {cameras}");
        return cameras;
    }
}
