using System.CommandLine;
using Mars.Client.Reporting;

namespace Mars.Client.Commands;

/// <summary>mars completion SHELL: the script that makes a shell's TAB ask this command line, by System.CommandLine's [suggest] directive.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new Command("completion", "Print what makes TAB complete commands and options: source <(./mars completion bash)") { shell };
        command.SetAction(parsed =>
        {
            using var script = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"mars.{parsed.GetRequiredValue(shell)}")!;
            using var reader = new StreamReader(script);
            terminal.Out.Write(reader.ReadToEnd());
            return 0;
        });
        return command;
    }
}
