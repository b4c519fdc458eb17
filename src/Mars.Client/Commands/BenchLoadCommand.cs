using System.CommandLine;
using Mars.Client.Load;
using Mars.Client.Reporting;
using Spectre.Console;

namespace Mars.Client.Commands;

/// <summary>mars bench load</summary>
internal static class BenchLoadCommand
{
    public static Command Create(Terminal terminal)
    {
        var target = new BenchTarget();
        var options = new BenchLoadOptions();
        var command = new Command("load", "Play many cameras against a server, open loop, and tell what became of every window.");
        options.AddTo(command);
        target.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(terminal, target, options, parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, BenchTarget target, BenchLoadOptions options, ParseResult parsed, CancellationToken cancellation)
    {
        var progress = new ProgressLine(terminal, TimeProvider.System);
        await using var server = await target.OpenAsync(parsed, null, progress, cancellation);
        var frames = await target.FramesAsync(parsed, progress, cancellation);
        await BenchServers.CheckAsync(server, options.Model(parsed), cancellation);
        var run = new LoadRun(server, frames, p => progress.Show(p.ToString()), TimeProvider.System);
        int? capacity = null;
        var steps = new List<CapacityStep>();
        if (options.FindsCapacity(parsed))
        {
            capacity = await BenchServers.FindCapacityAsync(run, options.Step(parsed), options.Limit(parsed), progress, steps, cancellation);
            terminal.Console.WriteLine($"capacity: {capacity} cameras (p99 under {options.Limit(parsed).TotalMilliseconds:0} ms, coverage {CapacitySearch.Coverage:P0} or more)");
        }
        var result = options.Load(parsed, capacity) is { } load ? await run.RunAsync(load, cancellation) : steps.LastOrDefault(s => s.Passed)?.Result ?? steps[^1].Result;
        progress.Clear();
        terminal.Console.Write(LoadTable.Of(result));
        target.WriteJson(parsed, new { Capacity = capacity, Steps = steps.Select(s => new { s.Cameras, s.Passed, s.Faults, s.Result.Counts }), Result = result });
        if (parsed.GetValue(options.Picture) is { } picture)
        {
            LoadPicture.Draw(picture, result);
            progress.Step($"wrote {picture}");
        }
        if (result.Counts.Windows.Answered > 0)
            return 0;
        await terminal.Error.WriteLineAsync("mars: no window was answered");
        return CommandLine.Failed;
    }
}
