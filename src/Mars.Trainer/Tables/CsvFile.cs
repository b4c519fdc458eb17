using System.Text;
using nietras.SeparatedValues;

namespace Mars.Trainer.Tables;

/// <summary>
/// CSV by RFC 4180, and as spreadsheets write it: separated by commas, semicolons (where the comma is the decimal sign) or tabs, with a byte order mark, a line
/// "sep=;", CR LF, empty rows. Files are UTF-8, or UTF-16 with a byte order mark.
/// </summary>
internal static class CsvFile
{
    /// <summary>Reads all rows that hold anything; rows may have different numbers of fields.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="separator">Null takes the separator that the first line uses.</param>
    /// <exception cref="InvalidDataException">It is not text, or a quotation mark is never closed; the message names the line.</exception>
    public static IReadOnlyList<CsvRow> Read(string path, char? separator = null)
    {
        var text = Text(path);
        var skipped = 0;
        if (text.Length > 5 && text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && text[5] is '\r' or '\n')
        {
            separator = text[4];
            text = text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
            skipped = 1;
        }
        var sep = separator is { } known ? Sep.New(known) : (Sep?)null;
        using var reader = Sep.Reader(options => options with { Sep = sep, HasHeader = false, Unescape = true, DisableColCountCheck = true }).FromText(text);
        var rows = new List<CsvRow>();
        foreach (var row in reader)
        {
            var fields = new string[row.ColCount];
            for (var i = 0; i < fields.Length; i++)
                fields[i] = row[i].ToString().Trim();
            var line = row.LineNumberFrom + skipped;
            if (Array.Exists(fields, f => f.Contains('\n', StringComparison.Ordinal)))
                throw new InvalidDataException($"{path}, line {line}: a field goes on in the next line: a quotation mark is not closed, or one inside a field is not doubled (\"\")");
            if (Array.Exists(fields, f => f.Length > 0))
                rows.Add(new CsvRow(line, fields));
        }
        return rows;
    }

    /// <summary>Writes rows with commas; fields that need quotation marks get them.</summary>
    public static void Write(string path, IEnumerable<IReadOnlyList<string>> rows)
    {
        using var writer = Sep.New(',').Writer(options => options with { WriteHeader = false, Escape = true, DisableColCountCheck = true }).ToFile(path);
        foreach (var fields in rows)
        {
            using var row = writer.NewRow();
            for (var i = 0; i < fields.Count; i++)
                row[i].Set(fields[i]);
        }
    }

    private static string Text(string path)
    {
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{path} is not UTF-8: save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")", e);
        }
    }
}
