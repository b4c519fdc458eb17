using System.Net;
using System.Text;
using Mars.Trainer.Evaluation;

namespace Mars.Trainer.Reporting;

/// <summary>Writes a report's tables and pictures as report.md, report.html and PNG files into one folder.</summary>
internal static class ReportWriter
{
    private const string MapsTitle = "Where the streams look";
    private const string MapsNote = "Class activation maps of the middle clip of a test video, one of each class that gains most, by the first seed or fold; under a stream's name what it recognises. "
        + "Red speaks for it most, blue least, each row by its own scale. They are as coarse as layer 4, whose cells are 32 pixels of the input wide and 16 frames long.";

    /// <param name="folder">Is made.</param>
    /// <param name="title">Of the report.</param>
    /// <param name="introduction">What was trained and tested, how.</param>
    /// <param name="commands">To get the same.</param>
    /// <param name="experiments">Seeds or folds.</param>
    /// <param name="maps">Pictures of activation maps that lie in the folder, and which videos they show.</param>
    public static void Write(
        string folder, string title, string introduction, IReadOnlyList<string> commands, IReadOnlyList<Experiment> experiments, IReadOnlyList<(string File, string Shows)> maps)
    {
        Directory.CreateDirectory(folder);
        var tables = PaperTables.Make(experiments);
        var pictures = ReportCharts.Write(folder, experiments);
        File.WriteAllText(Path.Combine(folder, "report.md"), Markdown(title, introduction, commands, tables, pictures, maps));
        File.WriteAllText(Path.Combine(folder, "report.html"), Html(title, introduction, commands, tables, pictures, maps));
    }

    private static string Markdown(
        string title, string introduction, IReadOnlyList<string> commands, IReadOnlyList<ReportTable> tables, IReadOnlyList<string> pictures, IReadOnlyList<(string File, string Shows)> maps)
    {
        var text = new StringBuilder();
        text.AppendLine(null, $"# {title}").AppendLine().AppendLine(introduction).AppendLine();
        foreach (var table in tables)
        {
            text.AppendLine(null, $"## {table.Title}").AppendLine().AppendLine(table.Note).AppendLine();
            text.AppendLine(null, $"| {string.Join(" | ", table.Columns)} |");
            text.AppendLine(null, $"| --- |{string.Concat(Enumerable.Repeat(" ---: |", table.Columns.Count - 1))}");
            foreach (var row in table.Rows)
                text.AppendLine(null, $"| {string.Join(" | ", row.Select(ResultMarkdown.Cell))} |");
            text.AppendLine();
        }
        foreach (var picture in pictures)
            text.AppendLine(null, $"![{Path.GetFileNameWithoutExtension(picture)}]({picture})").AppendLine();
        if (maps.Count > 0)
            text.AppendLine(null, $"## {MapsTitle}").AppendLine().AppendLine(MapsNote).AppendLine();
        foreach (var (file, shows) in maps)
            text.AppendLine(null, $"{shows}:").AppendLine().AppendLine(null, $"![{shows}]({file})").AppendLine();
        text.AppendLine("## How it was made").AppendLine().AppendLine("<!-- not run: hours of training -->").AppendLine("```bash");
        foreach (var command in commands)
            text.AppendLine(command);
        return text.AppendLine("```").ToString();
    }

    private static string Html(
        string title, string introduction, IReadOnlyList<string> commands, IReadOnlyList<ReportTable> tables, IReadOnlyList<string> pictures, IReadOnlyList<(string File, string Shows)> maps)
    {
        var text = new StringBuilder();
        text.Append(null, $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Safe(title)}</title>");
        text.Append("<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #ccc;text-align:right}");
        text.AppendLine("td:first-child,th:first-child{text-align:left}img{max-width:100%}pre{overflow-x:auto;background:#f4f4f4;padding:1rem}</style>");
        text.AppendLine(null, $"<h1>{Safe(title)}</h1><p>{Safe(introduction)}</p>");
        foreach (var table in tables)
        {
            text.AppendLine(null, $"<h2>{Safe(table.Title)}</h2><p>{Safe(table.Note)}</p><table><tr>{string.Concat(table.Columns.Select(c => $"<th>{Safe(c)}</th>"))}</tr>");
            foreach (var row in table.Rows)
                text.AppendLine(null, $"<tr>{string.Concat(row.Select(c => $"<td>{Safe(c)}</td>"))}</tr>");
            text.AppendLine("</table>");
        }
        foreach (var picture in pictures)
            text.AppendLine(null, $"<p><img src=\"{Safe(picture)}\" alt=\"{Safe(Path.GetFileNameWithoutExtension(picture))}\"></p>");
        if (maps.Count > 0)
            text.AppendLine(null, $"<h2>{MapsTitle}</h2><p>{MapsNote}</p>");
        foreach (var (file, shows) in maps)
            text.AppendLine(null, $"<p>{Safe(shows)}:<br><img src=\"{Safe(file)}\" alt=\"{Safe(shows)}\"></p>");
        return text.AppendLine(null, $"<h2>How it was made</h2><pre>{Safe(string.Join('\n', commands))}</pre></html>").ToString();
    }

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
