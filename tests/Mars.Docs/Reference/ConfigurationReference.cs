using System.Text;
using Mars.Server.Hosting;

namespace Mars.Docs.Reference;

/// <summary>Writes docs/configuration.md.</summary>
internal static class ConfigurationReference
{
    private const string Head = """
        # Configuration

        Made from the code by `./mars docs`; a test compares it. Do not edit it.

        The server reads its settings from `appsettings.json` in the folder it is started in, then from environment variables, then from its few switches; the later wins.
        A setting's environment variable is its name with `__` in place of `:`. So these three say the same:

        ```json
        { "Mars": { "Streams": { "DefaultStride": 8 } } }
        ```

        <!-- run -->
        ```bash
        Mars__Streams__DefaultStride=8 ./mars serve
        ./mars serve --stride 8
        ```

        A value that is out of range stops the server at its start, with a message that names every fault. In the names below `NAME` stands for a name of your choice, and `0`
        for a number in a list: `0`, `1`, ….

        ## Switches of `./mars serve`

        | switch | setting |
        | --- | --- |

        """;

    private const string AspNet = """

        The rest is ASP.NET Core's own: `ASPNETCORE_URLS` is `--urls`, and `Logging__LogLevel__Default` (`Trace`, `Debug`, `Information`, `Warning`, `Error`) is how much is logged.

        """;

    public static string Write(IEnumerable<OptionSection> sections)
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var (name, key) in CommandLine.Settings)
            text.Append($"| `{name}` | `{key}` |\n");
        text.Append(AspNet.ReplaceLineEndings("\n"));
        foreach (var section in sections)
        {
            text.Append($"\n## {section.Name}\n\n{Sentence(section)}\n\n| setting, environment variable | type | default | |\n| --- | --- | --- | --- |\n");
            foreach (var entry in section.Entries)
                text.Append($"| `{entry.Key}`<br>`{entry.Variable}` | {Type(entry)} | {Default(entry)} | {Cell(entry.Description)} |\n");
        }
        return text.ToString();
    }

    // "Section Mars:Streams: what a camera may do" says its name twice below a heading.
    private static string Sentence(OptionSection section)
    {
        var start = $"Section {section.Name}: ";
        var rest = section.Summary.StartsWith(start, StringComparison.Ordinal) ? section.Summary[start.Length..] : section.Summary;
        return rest.Length == 0 ? rest : $"{char.ToUpperInvariant(rest[0])}{rest[1..]}";
    }

    private static string Type(OptionEntry entry) => (entry.Type, entry.Range) switch
    {
        ("one of", var names) => names,
        (var type, "") => type,
        var (type, range) => $"{type}, {range}",
    };

    private static string Default(OptionEntry entry) => entry.Default.Length == 0 ? "" : $"`{entry.Default}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
