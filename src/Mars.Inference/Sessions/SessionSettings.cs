namespace Mars.Inference.Sessions;

/// <summary>How a graph is run.</summary>
public sealed record SessionSettings
{
    public ExecutionProvider Provider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>Run on the CPU, and say so, where <see cref="Provider"/> is not to be had.</summary>
    public bool AllowFallback { get; init; }

    /// <summary>GPU number.</summary>
    public int DeviceId { get; init; }

    /// <summary>CUDA: record the kernels of each size of batch as one graph and replay it, where every operation allows that.</summary>
    public bool CudaGraphs { get; init; } = true;

    /// <summary>TensorRT: compute in 16 bits. (For CUDA the package's precision says it.)</summary>
    public bool HalfPrecision { get; init; }

    /// <summary>TensorRT: a folder where built engines are kept; empty for none.</summary>
    public string EngineCache { get; init; } = string.Empty;

    /// <summary>Threads inside one run; 0 means one for each core.</summary>
    public int Threads { get; init; }

    /// <summary>Clips in one run, at most.</summary>
    public int MaxBatch { get; init; } = 8;
}
