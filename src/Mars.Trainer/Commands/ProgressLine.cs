using System.Diagnostics;
using Spectre.Console;

namespace Mars.Trainer.Commands;

/// <summary>How far a long work is, with an estimate: one line that is written over on a terminal, a line every tenth elsewhere.</summary>
internal sealed class ProgressLine(string what) : IDisposable
{
    private const int Width = 30;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private readonly bool _terminal = AnsiConsole.Profile.Out.IsTerminal;
    private TimeSpan _next;
    private int _tenth = -1;
    private bool _open;

    /// <summary>May be called from any thread.</summary>
    public void Report(int done, int all)
    {
        lock (_lock)
        {
            var part = all == 0 ? 1 : (double)done / all;
            if (_terminal ? _clock.Elapsed < _next && done < all : (int)(part * 10) == _tenth)
                return;
            _tenth = (int)(part * 10);
            _next = _clock.Elapsed + TimeSpan.FromMilliseconds(100);
            var left = part > 0 ? _clock.Elapsed * ((1 - part) / part) : TimeSpan.Zero;
            var text = $"{what} {done}/{all}, {left:hh\\:mm\\:ss} left";
            if (!_terminal)
            {
                Console.WriteLine(text);
                return;
            }
            var full = (int)(part * Width);
            Console.Write($"\r{new string('━', full)}{new string('╌', Width - full)} {text}   ");
            _open = true;
        }
    }

    public void Dispose()
    {
        if (_open)
            Console.WriteLine();
        _open = false;
    }
}
