using System.CommandLine;
using Mars.Trainer.Checkpoints;

namespace Mars.Trainer.Commands;

/// <summary>Commands as one would type them, for model cards.</summary>
internal static class CommandLines
{
    // Where the work was done and how fast changes nothing in the result.
    private static readonly HashSet<string> Left = new(["--device", "--threads", "--workers", "--cache-mb", "--made-by", "--notes"], StringComparer.Ordinal);

    public static string Fit(RunState state) =>
        $"./mars train fit {string.Join(' ', state.Options.Where(o => !Left.Contains(o.Key)).Select(o => $"{o.Key} {Quote(o.Value)}"))}";

    public static string Export(ParseResult arguments)
    {
        var given = arguments.CommandResult.Command.Options
            .Where(o => !Left.Contains(o.Name) && arguments.GetResult(o) is { Implicit: false })
            .Select(o => $"{o.Name} {Quote(string.Join(' ', arguments.GetResult(o)!.Tokens.Select(t => t.Value)))}");
        return $"./mars train export {string.Join(' ', given)}";
    }

    private static string Quote(string value) => value.Contains(' ', StringComparison.Ordinal) ? $"'{value}'" : value;
}
