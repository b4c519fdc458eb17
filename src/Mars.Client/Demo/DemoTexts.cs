using Mars.Client.Reporting;
using Spectre.Console;

namespace Mars.Client.Demo;

/// <summary>What the views for people have in common.</summary>
internal static class DemoTexts
{
    public static string Sign(WindowKind kind) => kind switch
    {
        WindowKind.Right => "ok",
        WindowKind.Wrong => "--",
        WindowKind.Boundary => "..",
        _ => "  ",
    };

    public static string Colour(WindowKind kind) => kind switch
    {
        WindowKind.Right => "green",
        WindowKind.Wrong => "red",
        _ => "grey",
    };

    public static string Event(FoundEvent found) => found.End is { } end
        ? $"<< {found.Label} ended: {found.Start.TotalSeconds:0.0} to {end.TotalSeconds:0.0} s"
        : $">> {found.Label} since {found.Start.TotalSeconds:0.0} s";

    public static Table Result(DemoResult result)
    {
        var table = SummaryTable.Rows("result");
        if (result.HasTruth)
        {
            var judged = result.Right + result.Wrong;
            table.AddRow("window accuracy", result.Accuracy is { } accuracy ? $"{accuracy:P1}  ({result.Right} of {judged} windows inside one action)" : "no window lies inside one action");
            table.AddRow("boundary windows", $"{result.Boundary}  (over two actions; not counted above)");
            table.AddRow("events found", $"{result.Events.Found.Count} of {result.Events.Found.Count + result.Events.Missed.Count}");
            table.AddRow("events missed", Names(result.Events.Missed.Select(s => s.Label)));
            table.AddRow("false events", Names(result.Events.False.Select(e => e.Label)));
        }
        else
        {
            table.AddRow("windows", $"{result.Windows}");
            table.AddRow("events", Names(result.Events.False.Select(e => e.Label)));
        }
        if (result.Superseded > 0)
            table.AddRow("windows superseded", $"{result.Superseded}  (this machine is too slow for all of them; the newest won)");
        table.AddRow("capture to decision", result.Delay.ToString());
        return table;
    }

    private static string Names(IEnumerable<string> labels) =>
        labels.GroupBy(l => l).Select(g => Markup.Escape(g.Count() > 1 ? $"{g.Key} x{g.Count()}" : g.Key)).DefaultIfEmpty("none").Aggregate((a, b) => $"{a}, {b}");
}
