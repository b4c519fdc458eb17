using Mars.Trainer.Evaluation;
using Spectre.Console;

namespace Mars.Trainer.Commands;

/// <summary>Prints an evaluation.</summary>
internal static class ResultTable
{
    public static void Print(EvaluationResult result)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("true \\ recognised");
        for (var c = 0; c < result.Labels.Count; c++)
            table.AddColumn(new TableColumn($"{c + 1}").RightAligned());
        table.AddColumn(new TableColumn("right").RightAligned());
        for (var i = 0; i < result.Labels.Count; i++)
        {
            var cells = Enumerable.Range(0, result.Labels.Count).Select(j => Cell(result.Confusion[i, j], i == j));
            table.AddRow([$"{i + 1} {Markup.Escape(result.Labels[i])}", .. cells, result.VideosOf(i) == 0 ? "" : $"{result.AccuracyOf(i):P0}"]);
        }
        if (!AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.Profile.Width = 500; // a file has no edge to wrap at
        AnsiConsole.Write(table);
        Console.WriteLine($"video accuracy {result.VideoAccuracy:P1} of {result.Videos} videos, top-5 {result.TopFiveAccuracy:P1}, clip accuracy {result.ClipAccuracy:P1} of {result.Clips} clips, loss {result.Loss:F4}");
    }

    private static string Cell(int count, bool right) => count == 0 ? "[grey]·[/]" : right ? $"[green]{count}[/]" : $"[red]{count}[/]";
}
