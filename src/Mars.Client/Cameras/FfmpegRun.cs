using System.ComponentModel;
using System.Diagnostics;

namespace Mars.Client.Cameras;

internal sealed class FfmpegRun : IDisposable
{
    private readonly Process _process;
    private readonly Task _errors;
    private readonly Queue<string> _lines = new();

    public FfmpegRun(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new CameraException(new CameraFault(FaultKind.Final, "cameras on the network need the program ffmpeg: apt-get install -y ffmpeg"));
        }
        _errors = Task.Run(async () =>
        {
            while (await _process.StandardError.ReadLineAsync() is { } line)
            {
                lock (_lines)
                {
                    _lines.Enqueue(line);
                    if (_lines.Count > 20)
                        _lines.Dequeue();
                }
            }
        });
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    public IReadOnlyList<string> Errors()
    {
        _errors.Wait(TimeSpan.FromSeconds(2));
        lock (_lines)
            return [.. _lines];
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
