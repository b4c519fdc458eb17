using System.CommandLine;
using Mars.Trainer.Checkpoints;

namespace Mars.Trainer.Commands;

/// <summary>Commands as one would type them, for model cards and reports.</summary>
internal static class CommandLines
{
    // What changes nothing in the result, and what is told already.
    private static readonly HashSet<string> Left = new([.. RunState.Incidental, "--made-by", "--notes"], StringComparer.Ordinal);

    public static string Fit(RunState state) =>
        $"./mars train fit {string.Join(' ', state.Options.Where(o => !Left.Contains(o.Key)).Select(o => $"{o.Key} {Quote(o.Value)}"))}";

    /// <summary>What was typed, less what changes nothing.</summary>
    public static string Of(ParseResult arguments)
    {
        var command = arguments.CommandResult.Command;
        var given = command.Options
            .Where(o => !Left.Contains(o.Name) && arguments.GetResult(o) is { Implicit: false })
            .SelectMany(o => arguments.GetResult(o)!.Tokens.Select(t => $"{o.Name} {Quote(t.Value)}").DefaultIfEmpty(o.Name));
        return string.Join(' ', (string[])["./mars train", command.Name, .. command.Arguments.Select(a => Quote(arguments.GetResult(a)!.Tokens[0].Value)), .. given]);
    }

    // What a shell would take apart or replace.
    private static string Quote(string value) =>
        value.Length > 0 && value.All(c => char.IsLetterOrDigit(c) || "_-./,:=@%+".Contains(c, StringComparison.Ordinal)) ? value : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
