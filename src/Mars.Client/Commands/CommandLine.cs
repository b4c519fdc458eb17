using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Mars.Client.Reporting;

namespace Mars.Client.Commands;

/// <summary>The `mars` command line. Exit codes: 0 well, 1 an error, 2 wrong usage, 141 standard output was closed (as the shell reports SIGPIPE).</summary>
internal static class CommandLine
{
    public const int Failed = 1;
    public const int Misused = 2;
    public const int OutputClosed = 141;
    private const string Name = "mars";

    /// <summary>Every command.</summary>
    public static RootCommand Tree(Terminal terminal)
    {
        var root = new RootCommand("Mars tells what people are doing in front of cameras, while they do it.")
        {
            HelpName = Name,
        };
        Command[] commands =
        [
            DemoCommand.Create(terminal),
            LauncherCommand.Create(terminal, "serve", "Serve models to cameras (--urls URL, --models DIR, --provider cpu|cuda|tensorrt)."),
            WatchCommand.Create(terminal),
            RecognizeCommand.Create(terminal),
            ModelsCommand.Create(terminal),
            LauncherCommand.Create(terminal, "train", "Make data sets and train, evaluate and export models (--help lists its commands)."),
            BenchCommand.Create(terminal),
            LauncherCommand.Create(terminal, "test", "Run all tests."),
            LauncherCommand.Create(terminal, "fuzz", "Feed mutated frames, messages and files to everything that reads them (--help tells more)."),
            LauncherCommand.Create(terminal, "docs", "Write what in docs/ is made by the program: configuration.md and the pictures."),
            CompletionCommand.Create(terminal),
        ];
        foreach (var command in commands)
            root.Add(command);
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var result = Tree(terminal).Parse(args.Length == 0 ? ["--help"] : args);
        // A shell asks for completions ([suggest:N] LINE) in the middle of a line, which is rarely right by then.
        var suggests = args is [var first, ..] && first.StartsWith("[suggest", StringComparison.Ordinal);
        if (result.Errors.Count > 0 && !suggests)
        {
            foreach (var error in result.Errors)
                await terminal.Error.WriteLineAsync($"mars: {error.Message}");
            await terminal.Error.WriteLineAsync($"mars: {string.Join(' ', Path(result))} --help tells more");
            return Misused;
        }
        // Ctrl-C: a camera is given time to take its last answers.
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20), Output = terminal.Out, Error = terminal.Error };
        try
        {
            return await result.InvokeAsync(invocation);
        }
        catch (Exception error) when (OutputClosedException.IsCauseOf(error))
        {
            return OutputClosed;
        }
        catch (Exception error) when (ErrorLines.Explain(error) is { } line)
        {
            await terminal.Error.WriteLineAsync($"mars: {line}");
            return Failed;
        }
    }

    // The command that was understood, from the root on.
    private static IEnumerable<string> Path(ParseResult result)
    {
        var path = new Stack<string>();
        for (SymbolResult? part = result.CommandResult; part is CommandResult { Command: not RootCommand } command; part = part.Parent)
            path.Push(command.Command.Name);
        return path.Prepend(Name);
    }
}
