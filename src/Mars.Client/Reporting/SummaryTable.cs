using Spectre.Console;

namespace Mars.Client.Reporting;

/// <summary>The table at the end of a run.</summary>
internal static class SummaryTable
{
    public static Table Of(string camera, WatchSummary summary, string delayName)
    {
        var table = Rows($"camera {camera}");
        table.AddRow("frames sent", Skipped(summary));
        table.AddRow("windows answered", $"{summary.WindowsAnswered}  ({summary.WindowsPerSecond:0.0} a second over {summary.Seconds:0.0} s)");
        table.AddRow("superseded, expired", $"{summary.WindowsSuperseded}, {summary.WindowsExpired}");
        table.AddRow("events", $"{summary.Events}");
        foreach (var (kind, count) in summary.Notices)
            table.AddRow(Markup.Escape($"notices: {kind}"), $"{count}");
        if (summary.Reconnects > 0)
            table.AddRow("reconnects", $"{summary.Reconnects}");
        table.AddRow(Markup.Escape(delayName), summary.Delay.ToString());
        return table;
    }

    /// <summary>An empty table of names and values.</summary>
    public static Table Rows(string title) =>
        new Table().Border(TableBorder.Rounded).Title(Markup.Escape(title)).HideHeaders().AddColumn("").AddColumn("");

    private static string Skipped(WatchSummary summary) =>
        summary.FramesSkipped == 0 ? $"{summary.FramesSent}" : $"{summary.FramesSent}  ({summary.FramesSkipped} replaced by newer ones)";
}
