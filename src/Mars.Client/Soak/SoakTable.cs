using Mars.Client.Reporting;
using Spectre.Console;

namespace Mars.Client.Soak;

/// <summary>A soak's figures for people.</summary>
internal static class SoakTable
{
    public static Table Of(SoakResult result)
    {
        var (options, counts) = (result.Options, result.Counts);
        var table = SummaryTable.Rows($"{options.Cameras} cameras, every window, {options.Duration.TotalMinutes:0.#} minutes");
        foreach (var check in result.Checks)
            table.AddRow($"{(check.Passed ? "[green]pass[/]" : "[red]FAIL[/]")}  {check.Name}", Markup.Escape(check.Found));
        if (result.MemoryMb.Count == 0)
            table.AddRow("memory does not grow", "not checked: give --server-pid where the server runs on this machine");
        table.AddRow("frames", $"{counts.Frames}");
        table.AddRow("connections cut, come back", $"{counts.Cuts}, {counts.Reconnects}");
        table.AddRow("reloads, versions loaded", $"{counts.Reloads}, {counts.Versions}");
        if (counts.Delay is { } delay)
            table.AddRow("capture to decision", delay.ToString());
        return table;
    }
}
