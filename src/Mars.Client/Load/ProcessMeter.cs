using System.Diagnostics;

namespace Mars.Client.Load;

/// <summary>Measures processor time and memory of a process of this machine.</summary>
internal sealed class ProcessMeter : IDisposable
{
    private readonly Process _process;

    /// <exception cref="ArgumentException">There is no such process.</exception>
    public ProcessMeter(int id) => _process = Process.GetProcessById(id);

    /// <summary>Measures now.</summary>
    /// <returns>Null when the process has ended.</returns>
    public ProcessUse? Measure()
    {
        try
        {
            _process.Refresh();
            return _process.HasExited ? null : new ProcessUse(_process.TotalProcessorTime, _process.WorkingSet64);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _process.Dispose();
}

/// <summary>What a process has used.</summary>
/// <param name="Processor">Of all cores together, since its start.</param>
/// <param name="Memory">Bytes that are resident now.</param>
internal readonly record struct ProcessUse(TimeSpan Processor, long Memory);
