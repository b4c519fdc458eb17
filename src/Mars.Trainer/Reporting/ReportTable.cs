namespace Mars.Trainer.Reporting;

/// <summary>A table of a report.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Note">How to read it.</param>
/// <param name="Columns">Heads.</param>
/// <param name="Rows">Cells as text, a first one that names the row.</param>
internal sealed record ReportTable(string Title, string Note, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
