using System.Globalization;

namespace Mars.Server.Telemetry;

/// <summary>One line of nvidia-smi's answer; NaN where the GPU does not say ([N/A]).</summary>
/// <param name="Index">Its number.</param>
/// <param name="Utilization">0 to 1.</param>
/// <param name="MemoryUsed">Bytes.</param>
/// <param name="MemoryTotal">Bytes.</param>
/// <param name="Power">Watts.</param>
/// <param name="Temperature">Degrees Celsius.</param>
internal sealed record GpuState(string Index, double Utilization, double MemoryUsed, double MemoryTotal, double Power, double Temperature)
{
    private const int Fields = 6;
    private const double MiB = 1 << 20; // what nvidia-smi means by memory without units

    /// <exception cref="FormatException">It is not an answer to the question.</exception>
    public static IReadOnlyList<GpuState> Read(string answer) => [.. answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ReadLine)];

    private static GpuState ReadLine(string line)
    {
        var fields = line.Split(',', StringSplitOptions.TrimEntries);
        if (fields.Length != Fields)
            throw new FormatException($"'{line}' has not {Fields} fields");
        return new GpuState(fields[0], Number(1) / 100, Number(2) * MiB, Number(3) * MiB, Number(4), Number(5));

        double Number(int field) => double.TryParse(fields[field], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
    }
}
