using System.ComponentModel.DataAnnotations;
using Mars.Inference.Sessions;

namespace Mars.Server.Configuration;

/// <summary>Section Mars:Models: which models are served and what runs them.</summary>
public sealed class ModelOptions
{
    public const string Section = "Mars:Models";

    /// <summary>The folder of model packages.</summary>
    [Required]
    public string Folder { get; set; } = "models";

    /// <summary>Name of the model for callers that name none; empty means the best kind there is.</summary>
    public string Default { get; set; } = "";

    /// <summary>Cpu, Cuda or TensorRt.</summary>
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Cpu;

    /// <summary>Run on the CPU where the provider is not to be had, and say so.</summary>
    public bool AllowFallback { get; set; }

    /// <summary>GPU number.</summary>
    [Range(0, 64)]
    public int DeviceId { get; set; }

    /// <summary>TensorRt: a folder where built engines are kept, so that only the first start takes minutes; empty for none.</summary>
    public string EngineCache { get; set; } = "";

    /// <summary>Threads inside one run; 0 means one for each core.</summary>
    [Range(0, 256)]
    public int Threads { get; set; }

    /// <summary>Windows in one run, at most.</summary>
    [Range(1, 64)]
    public int MaxBatch { get; set; } = 8;

    /// <summary>Milliseconds that the oldest window may wait for others before its batch closes.</summary>
    [Range(0, 1000)]
    public double MaxBatchDelayMilliseconds { get; set; } = 2;
}
