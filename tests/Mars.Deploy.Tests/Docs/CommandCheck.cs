using System.CommandLine;
using System.Text.RegularExpressions;
using Mars.Client.Reporting;
using Mars.Deploy.Tests.Support;
using Mars.Trainer.Commands;

namespace Mars.Deploy.Tests.Docs;

/// <summary>Gives a command line of a document to the program that it is for, as far as parsing goes.</summary>
internal static partial class CommandCheck
{
    private static readonly RootCommand ClientTree = Mars.Client.Commands.CommandLine.Tree(Terminal.Plain(TextWriter.Null, TextWriter.Null));
    private static readonly RootCommand TrainerTree = CommandTree.Create();

    /// <summary>What is wrong with a line; empty if nothing is.</summary>
    public static IEnumerable<string> Faults(string line)
    {
        var (set, rest) = DocumentCommand.Variables(line);
        var words = Words(rest.Replace("source <(", "", StringComparison.Ordinal).Replace("(bash)", "bash", StringComparison.Ordinal));
        return Settings.Unknown(set.Keys).Select(v => $"there is no setting {v}")
            .Concat(words[0] == "dotnet" ? DotNet(words[1..]) : DocumentCommand.Program(words) is var (program, arguments) ? Program(program, arguments) : [$"not ours: {line}"]);
    }

    private static IEnumerable<string> DotNet(string[] words) => words switch
    {
        ["run", ..] when Array.IndexOf(words, "--project") is >= 0 and var at => Project(words[at + 1]).Concat(Program(Path.GetFileName(words[at + 1]), Array.IndexOf(words, "--") is >= 0 and var dashes ? words[(dashes + 1)..] : [])),
        ["build" or "publish" or "restore", var project, ..] => Project(project),
        ["format", var solution, ..] => Exists(solution),
        ["test", "--solution", var solution, ..] => Exists(solution),
        [var dll, .. var rest] when dll.EndsWith(".dll", StringComparison.Ordinal) => Program(Path.GetFileNameWithoutExtension(dll), rest),
        ["--list-sdks"] => [],
        _ => [$"not known: dotnet {string.Join(' ', words)}"],
    };

    private static IEnumerable<string> Program(string project, string[] words) => project switch
    {
        "Mars.Server" => Server(words),
        "Mars.Client" => Parse(ClientTree, words),
        "Mars.Trainer" => Parse(TrainerTree, words),
        _ => Directory.Exists(Repository.Of("tests", project)) ? [] : [$"there is no program {project}"],
    };

    private static IEnumerable<string> Server(string[] words)
    {
        var unknown = words.Where(w => w.StartsWith("--", StringComparison.Ordinal)).Select(w => w.Split('=')[0]).Except(Mars.Server.Hosting.CommandLine.Options).ToList();
        return unknown.Count == 0 ? [] : [$"mars serve knows no {string.Join(' ', unknown)}"];
    }

    private static IEnumerable<string> Parse(RootCommand root, string[] words)
    {
        var parsed = root.Parse(words);
        // Commands of the launcher take anything, and a root alone prints its help.
        return parsed.Errors.Select(e => e.Message).Concat(parsed.CommandResult.Command == root && words.Length > 0 && !words[0].StartsWith('-') ? [$"there is no command {words[0]}"] : []);
    }

    private static IEnumerable<string> Project(string path) => Directory.Exists(Repository.Of(path)) || File.Exists(Repository.Of(path)) ? [] : [$"there is no {path}"];

    private static IEnumerable<string> Exists(string path) => File.Exists(Repository.Of(path)) ? [] : [$"there is no {path}"];

    // The words of the first program of a line, without what a shell would take for itself.
    private static string[] Words(string line) => [.. Word().Matches(Rest().Replace(line, "")).Select(m => m.Value.Replace("'", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal))];

    [GeneratedRegex("""(?:'[^']*'|"[^"]*"|[^\s'"])+""")]
    private static partial Regex Word();

    [GeneratedRegex(@"\s(\||>|>>|&&|&|2>|;).*$|\)$")]
    private static partial Regex Rest();
}
