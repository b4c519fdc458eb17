using System.ComponentModel;
using System.Diagnostics;

namespace Mars.Client.Cameras;

/// <summary>A running ffmpeg. Ends with this object.</summary>
internal sealed class FfmpegProcess : IDisposable
{
    private const int KeptLines = 20;
    private const int MaxLine = 400;

    // What it has said before its end arrives a moment after it.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly Queue<string> _lines = new();

    private FfmpegProcess(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadErrorsAsync);
    }

    /// <summary>What it writes to its standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it reads from its standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <returns>Null where the file is no program, or may not be run.</returns>
    public static FfmpegProcess? Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        try
        {
            return new FfmpegProcess(Process.Start(start)!);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The last lines of its standard error, once its output has ended.</summary>
    public IReadOnlyList<string> Errors()
    {
        _reading.Wait(LastWords);
        lock (_lines)
            return [.. _lines];
    }

    /// <returns>The exit code.</returns>
    public int WaitForExit()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private async Task ReadErrorsAsync()
    {
        try
        {
            while (await _process.StandardError.ReadLineAsync() is { } line)
            {
                if (string.IsNullOrWhiteSpace(line))
                    continue;
                lock (_lines)
                {
                    _lines.Enqueue(line.Length > MaxLine ? line[..MaxLine] : line);
                    if (_lines.Count > KeptLines)
                        _lines.Dequeue();
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed of.
        }
    }
}
