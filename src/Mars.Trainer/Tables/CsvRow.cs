namespace Mars.Trainer.Tables;

/// <summary>One row of a CSV file.</summary>
/// <param name="Line">Where it begins in the file, counted from 1.</param>
/// <param name="Fields">Without their quotation marks and without blanks around them.</param>
internal sealed record CsvRow(int Line, string[] Fields);
