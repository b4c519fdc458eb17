using Mars.Client.Reporting;

namespace Mars.Client.Load;

/// <summary>What a bench is doing: a line that moves on a terminal, otherwise a line now and then.</summary>
internal sealed class ProgressLine(Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private long? _last;

    /// <summary>A step that stays on the screen.</summary>
    public void Step(string text)
    {
        Clear();
        terminal.Error.WriteLine($"mars: {text}");
        _last = time.GetTimestamp();
    }

    /// <summary>The state of the moment.</summary>
    public void Show(string text)
    {
        if (terminal.IsLive)
        {
            terminal.Error.Write($"\r{text}\x1b[K");
        }
        else if (_last is not { } last || time.GetElapsedTime(last) >= Every)
        {
            Step(text);
        }
    }

    /// <summary>Makes room for what comes next.</summary>
    public void Clear()
    {
        if (terminal.IsLive)
            terminal.Error.Write("\r\x1b[K");
    }
}
