using System.Globalization;

namespace Mars.Inference.Threads;

/// <summary>
/// How many threads may compute. <see cref="Environment.ProcessorCount"/> has the affinity, cpusets and most limits of containers in it; ONNX Runtime, libtorch and OpenCV
/// do not, so the number is given to them. The limits of the control groups (version 1 and 2, those above the own one too) are read here as well: for the reason, and for
/// hierarchies that the runtime does not find.
/// </summary>
/// <param name="Threads">At least 1.</param>
/// <param name="Reason">Why that many, for a log.</param>
public sealed record CpuBudget(int Threads, string Reason)
{
    private const string CountVariable = "DOTNET_PROCESSOR_COUNT";

    private static readonly Lazy<CpuBudget> OfThisProcess = new(() => Read("/", Environment.ProcessorCount, Environment.GetEnvironmentVariable(CountVariable)));

    /// <summary>Of this process, as it was when first asked for.</summary>
    public static CpuBudget Current => OfThisProcess.Value;

    /// <summary>The number where a setting is 0, which means all that there are; the setting otherwise.</summary>
    public static int Or(int setting) => setting > 0 ? setting : Current.Threads;

    /// <summary>Reads the limits.</summary>
    /// <param name="root">The folder in which proc and sys are found.</param>
    /// <param name="seen">Processors, as the runtime counts them.</param>
    /// <param name="demanded">DOTNET_PROCESSOR_COUNT, which outranks every limit; null or empty where it is not set.</param>
    public static CpuBudget Read(string root, int seen, string? demanded)
    {
        if (!string.IsNullOrEmpty(demanded))
            return new CpuBudget(seen, $"{CountVariable} is {demanded}");
        var limit = CgroupLimits.Read(root).MinBy(l => l.Cpus);
        if (limit is not null && Math.Ceiling(limit.Cpus) <= seen)
            return new CpuBudget(Math.Max(1, (int)Math.Ceiling(limit.Cpus)), string.Create(CultureInfo.InvariantCulture, $"a limit of {limit.Cpus:0.##} CPUs in {limit.File}"));
        var online = Online(root);
        return new CpuBudget(seen, seen < online ? $"the process may use {seen} of {online} processors" : "one for each processor, no limit is set");
    }

    // A list of ranges, as 0-3,8.
    private static int Online(string root)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, "sys/devices/system/cpu/online")).Trim().Split(',').Sum(range => range.Split('-') switch
            {
                [var first, var last] => int.Parse(last, CultureInfo.InvariantCulture) - int.Parse(first, CultureInfo.InvariantCulture) + 1,
                _ => 1,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return 0; // it is for a text alone
        }
    }
}
