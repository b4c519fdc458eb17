using System.CommandLine;
using Mars.Client.Reporting;

namespace Mars.Client.Commands;

/// <summary>mars demo</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("demo", "Render an unseen video, serve the shipped model, and show live what it recognises beside the truth.");
        command.SetAction(_ => { terminal.Error.WriteLine("not yet"); return 1; });
        return command;
    }
}
