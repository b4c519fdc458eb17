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

    /// <summary>What was typed, less what changes nothing.</summary>
    public static string Of(ParseResult arguments)
    {
        var command = arguments.CommandResult.Command;
        var given = command.Options
            .Where(o => !Left.Contains(o.Name) && arguments.GetResult(o) is { Implicit: false })
            .Select(o => $"{o.Name} {string.Join(' ', arguments.GetResult(o)!.Tokens.Select(t => Quote(t.Value)))}".TrimEnd());
        return string.Join(' ', (string[])["./mars train", command.Name, .. command.Arguments.Select(a => Quote(arguments.GetResult(a)!.Tokens[0].Value)), .. given]);
    }

    private static string Quote(string value) => value.Contains(' ', StringComparison.Ordinal) ? $"'{value}'" : value;
}
