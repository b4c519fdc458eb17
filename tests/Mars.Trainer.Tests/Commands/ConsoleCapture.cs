using System.Runtime.CompilerServices;
using System.Text;
using Spectre.Console;

namespace Mars.Trainer.Tests.Commands;

/// <summary>Takes what a test's own commands print, also while other tests run: the console belongs to the whole process.</summary>
internal sealed class ConsoleCapture(TextWriter console) : TextWriter
{
    private static readonly AsyncLocal<TextWriter?> Current = new();

    public override Encoding Encoding => console.Encoding;

    [ModuleInitializer]
    internal static void Install()
    {
        var capture = new ConsoleCapture(Console.Out);
        Console.SetOut(capture);
        Console.SetError(new ConsoleCapture(Console.Error));
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(capture) });
    }

    /// <summary>Runs work and gives what it printed, on both streams.</summary>
    public static async Task<(T Result, string Said)> RunAsync<T>(Func<Task<T>> work)
    {
        using var text = new StringWriter();
        Current.Value = Synchronized(text);
        try
        {
            var result = await work();
            return (result, text.ToString());
        }
        finally
        {
            Current.Value = null;
        }
    }

    public override void Write(char value) => (Current.Value ?? console).Write(value);

    public override void Write(string? value) => (Current.Value ?? console).Write(value);

    public override void Write(char[] buffer, int index, int count) => (Current.Value ?? console).Write(buffer, index, count);

    public override void Write(ReadOnlySpan<char> buffer) => (Current.Value ?? console).Write(buffer);

    public override void Flush() => (Current.Value ?? console).Flush();
}
