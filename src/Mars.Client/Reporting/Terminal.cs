using Spectre.Console;

namespace Mars.Client.Reporting;

/// <summary>Where a command writes.</summary>
/// <param name="Out">Standard output, for what scripts read.</param>
/// <param name="Error">Standard error, for everything that is not the answer.</param>
/// <param name="Console">Standard output, for people.</param>
/// <param name="IsLive">Whether a display that redraws itself makes sense.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, IAnsiConsole Console, bool IsLive)
{
    /// <summary>The process's own.</summary>
    public static Terminal Process()
    {
        System.Console.OutputEncoding = System.Text.Encoding.UTF8;
        PipeOutput.Install(); // before Spectre.Console takes it
        var live = !System.Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities is { Ansi: true, Interactive: true };
        if (System.Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 120;
        return new Terminal(System.Console.Out, System.Console.Error, AnsiConsole.Console, live);
    }

    /// <summary>Plain text into writers.</summary>
    public static Terminal Plain(TextWriter output, TextWriter error)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 120;
        return new Terminal(output, error, console, false);
    }
}
