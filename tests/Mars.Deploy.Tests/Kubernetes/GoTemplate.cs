using System.Text.RegularExpressions;

namespace Mars.Deploy.Tests.Kubernetes;

/// <summary>
/// Reads the subset of Go templates that our chart is written in: {{ expression }}, if, else, with, range over a map, define, and comments. There is no Helm where
/// these tests run; whatever else a template uses fails here.
/// </summary>
internal sealed partial class GoTemplate
{
    private readonly List<(string Text, bool IsAction)> _parts = [];
    private int _at;

    private GoTemplate(string text)
    {
        var last = 0;
        var trim = false;
        foreach (Match action in Action().Matches(text))
        {
            Add(text[last..action.Index], trim, action.Groups[1].Success);
            if (!action.Groups[2].Value.StartsWith("/*", StringComparison.Ordinal))
                _parts.Add((action.Groups[2].Value.Trim(), true));
            trim = action.Groups[3].Success;
            last = action.Index + action.Length;
        }
        Add(text[last..], trim, false);
    }

    /// <summary>The parts of a file, and those that it defines for others.</summary>
    public static (IReadOnlyList<GoNode> Nodes, IReadOnlyDictionary<string, IReadOnlyList<GoNode>> Definitions) Parse(string text)
    {
        var template = new GoTemplate(text);
        var definitions = new Dictionary<string, IReadOnlyList<GoNode>>();
        var nodes = template.Nodes(definitions, out var end);
        return end.Length == 0 ? (nodes, definitions) : throw new FormatException($"{end} ends nothing");
    }

    private void Add(string text, bool trimStart, bool trimEnd)
    {
        text = trimStart ? text.TrimStart() : text;
        text = trimEnd ? text.TrimEnd() : text;
        if (text.Length > 0)
            _parts.Add((text, false));
    }

    // Up to the end or the else of what they stand in.
    private List<GoNode> Nodes(Dictionary<string, IReadOnlyList<GoNode>> definitions, out string end)
    {
        var nodes = new List<GoNode>();
        while (_at < _parts.Count)
        {
            var (text, isAction) = _parts[_at++];
            var (word, rest) = text.Split(' ', 2) is [var first, var more] ? (first, more) : (text, "");
            if (!isAction)
            {
                nodes.Add(new GoNode.Literal(text));
            }
            else if (word is "end" or "else")
            {
                end = text;
                return nodes;
            }
            else if (word is "if" or "with")
            {
                var then = Nodes(definitions, out var ended);
                var otherwise = ended == "else" ? Nodes(definitions, out ended) : [];
                nodes.Add(ended == "end" ? new GoNode.If(rest, then, otherwise, word == "with") : throw new FormatException($"{text} does not end: {ended}"));
            }
            else if (word == "range" && RangeOf().Match(rest) is { Success: true } range)
            {
                nodes.Add(new GoNode.Range(range.Groups[1].Value, range.Groups[2].Value, range.Groups[3].Value, Nodes(definitions, out _)));
            }
            else if (word == "define")
            {
                definitions[rest.Trim('"')] = Nodes(definitions, out _);
            }
            else
            {
                nodes.Add(new GoNode.Output(text));
            }
        }
        end = "";
        return nodes;
    }

    [GeneratedRegex(@"\{\{(-)?\s*(.*?)\s*(-)?\}\}", RegexOptions.Singleline)]
    private static partial Regex Action();

    [GeneratedRegex(@"^(\$\w+),\s*(\$\w+)\s*:=\s*(.*)$")]
    private static partial Regex RangeOf();
}
