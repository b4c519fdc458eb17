namespace Mars.Inference.Sessions;

/// <summary>How a graph is run.</summary>
public sealed record SessionSettings
{
    public ExecutionProvider Provider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>Run on the CPU, and say so, where <see cref="Provider"/> is not to be had.</summary>
    public bool AllowFallback { get; init; }

    /// <summary>GPU number.</summary>
    public int DeviceId { get; init; }

    /// <summary>Threads inside one run; 0 means one for each core.</summary>
    public int Threads { get; init; }

    /// <summary>Clips in one run, at most.</summary>
    public int MaxBatch { get; init; } = 8;
}
