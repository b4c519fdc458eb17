using Mars.Client.Reporting;
using Spectre.Console;

namespace Mars.Client.Load;

/// <summary>A run's figures for people.</summary>
internal static class LoadTable
{
    /// <summary>Said where the tool could not keep its own times.</summary>
    public const string ToolWasLate = "the tool was the bottleneck: the figures are the tool's, not the server's";

    public static Table Of(LoadResult result)
    {
        var (options, counts) = (result.Options, result.Counts);
        var table = SummaryTable.Rows($"{options.Cameras} cameras, {options.FrameRate:0.##} frames/s each, {options.Duration.TotalSeconds:0} s");
        table.AddRow("capture to decision", counts.Delay.ToString());
        table.AddRow("a run of the network", counts.Inference.ToString());
        if (result.AgeLimit is { } limit)
            table.AddRow("3 runs and the stride", $"{limit:0} ms: p99 of capture to decision is {(counts.Delay.P99 <= limit ? "under" : "[red]over[/]")} that");
        if (counts.Stride is { } stride)
            table.AddRow("stride", $"{stride.Asked} frames{(stride.Longest > stride.Asked ? $", up to {stride.Longest} where the server had no time for more" : "")}");
        table.AddRow("coverage", $"{counts.Windows.Coverage:P2}  ({counts.Windows.Answered} of {counts.Windows.Due} windows due; {result.WindowsPerSecond:0.0} a second)");
        table.AddRow("superseded, expired", $"{counts.Windows.Superseded}, {counts.Windows.Expired}");
        table.AddRow("failed, lost with a connection", $"{counts.Windows.Failed}, {counts.Windows.Lost}");
        if (counts.Windows.LeftOut > 0)
            table.AddRow("left out by longer strides", $"{counts.Windows.LeftOut}");
        table.AddRow("untold when the run ended", $"{counts.Windows.Untold}");
        table.AddRow("frames sent", $"{counts.Frames.Sent}");
        table.AddRow("frames rejected, not sent", $"{counts.Frames.Rejected}, {counts.Frames.NotSent}");
        table.AddRow("answers by camera", $"least {counts.Answers.Least}, mean {counts.Answers.Mean:0.0}, most {counts.Answers.Most}; least over mean {counts.Answers.Fairness:0.00}");
        if (options.Idle > 0)
            table.AddRow("idle cameras", result.MbPerIdle is { } mb ? $"{options.Idle}: {mb:0.000} MB of the server's memory each, the other cameras counted in" : $"{options.Idle}");
        if (options.CutsPerMinute > 0)
            table.AddRow("connections cut", $"{counts.Cuts}");
        foreach (var (reason, count) in counts.Errors)
            table.AddRow("connections failed", Markup.Escape($"{count}  {reason}"));
        if (result.Server is { } server)
        {
            table.AddRow("server, processor", $"{server.CpuSeconds:0.0} s of all cores together  ({server.CpuSeconds / options.Duration.TotalSeconds:0.00} cores)");
            var minute = server.MinuteMb is { } mb ? $", after a minute {mb:0} MB" : "";
            table.AddRow("server, memory", $"start {server.StartMb:0} MB{minute}, end {server.EndMb:0} MB, most {server.MaxMb:0} MB{Growth(server)}");
        }
        table.AddRow("this tool", $"processor {result.ToolCpuSeconds:0.0} s; behind its plan by p50 {counts.Lag.P50:0.0} ms, p99 {counts.Lag.P99:0.0} ms");
        if (result.ToolWasLate)
            table.AddRow("[red]beware[/]", $"[red]{ToolWasLate}[/]");
        return table;
    }

    private static string Growth(ServerUse server) => server.MinuteMb is { } minute ? $"; after the first minute {(server.EndMb / minute) - 1:+0.0%;-0.0%}" : "";
}
