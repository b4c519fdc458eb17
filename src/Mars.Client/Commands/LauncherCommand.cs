using System.CommandLine;
using Mars.Client.Reporting;

namespace Mars.Client.Commands;

/// <summary>A command that the launcher (./mars) gives to another program; listed so that help shows everything there is.</summary>
internal static class LauncherCommand
{
    public static Command Create(Terminal terminal, string name, string description, string? line = null)
    {
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(_ =>
        {
            terminal.Error.WriteLine($"mars: '{name}' is started by the launcher at the repository's root: ./mars {line ?? name}");
            return CommandLine.Misused;
        });
        return command;
    }
}
