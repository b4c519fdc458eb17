using Mars.Client.Reporting;

namespace Mars.Client.Load;

/// <summary>All that a run found.</summary>
internal sealed record LoadResult
{
    /// <summary>What was asked for.</summary>
    public required LoadOptions Options { get; init; }

    /// <summary>What became of frames and windows.</summary>
    public required LoadCounts Counts { get; init; }

    /// <summary>Null where the server runs elsewhere.</summary>
    public ServerUse? Server { get; init; }

    /// <summary>Processor seconds of the tool itself while it counted.</summary>
    public required double ToolCpuSeconds { get; init; }

    /// <summary>Second by second, the ramp included.</summary>
    public required IReadOnlyList<LoadSample> Timeline { get; init; }

    /// <summary>Answers a second while it counted.</summary>
    public double WindowsPerSecond => Math.Round(Counts.Windows.Answered / Options.Duration.TotalSeconds, 1);

    /// <summary>Milliseconds of three runs of the network (each p50) and the asked stride; null when nothing was answered.</summary>
    public double? AgeLimit => Counts.Stride is { } stride && Counts.Inference.P50 > 0 ? Math.Round((3 * Counts.Inference.P50) + stride.Milliseconds, 1) : null;

    /// <summary>What the server's memory grew by, over the idle cameras.</summary>
    public double? MbPerIdle => Server is { } server && Options.Idle > 0 ? Math.Round((server.EndMb - server.StartMb) / Options.Idle, 4) : null;

    /// <summary>
    /// Whether the tool could not keep its own times: one in a hundred frames that nothing held up left later than the frame after it should have. The delays then hold
    /// the tool's own waiting, and the load was not the one asked for.
    /// </summary>
    public bool ToolWasLate => Counts.Lag.P99 > 1000 / Options.FrameRate;
}

/// <summary>What the server's process used.</summary>
/// <param name="CpuSeconds">While it was counted, of all cores together.</param>
/// <param name="StartMb">Resident when the run began.</param>
/// <param name="MinuteMb">A minute later; null in a shorter run.</param>
/// <param name="EndMb">When sending ended.</param>
/// <param name="MaxMb">The most of all seconds.</param>
internal sealed record ServerUse(double CpuSeconds, double StartMb, double? MinuteMb, double EndMb, double MaxMb);

/// <summary>One second of a run.</summary>
/// <param name="Seconds">From its start.</param>
/// <param name="Answered">Decisions that came.</param>
/// <param name="Delay">Capture to decision of those, in milliseconds.</param>
/// <param name="ServerMb">Resident memory of the server.</param>
internal sealed record LoadSample(double Seconds, long Answered, DelaySummary Delay, double? ServerMb);
