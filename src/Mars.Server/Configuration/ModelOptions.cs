using System.ComponentModel.DataAnnotations;
using Mars.Inference.Batching;
using Mars.Inference.Serving;
using Mars.Inference.Sessions;

namespace Mars.Server.Configuration;

/// <summary>Section Mars:Models: which models are served and what runs them.</summary>
public sealed class ModelOptions
{
    public const string Section = "Mars:Models";

    /// <summary>The folder of model packages.</summary>
    [Required]
    public string Folder { get; set; } = "models";

    /// <summary>Name, name/version or alias of the model for callers that name none; empty means the best kind there is.</summary>
    public string Default { get; set; } = "";

    /// <summary>Versions of each name that are loaded side by side, the newest first.</summary>
    [Range(1, 16)]
    public int KeepVersions { get; set; } = 1;

    /// <summary>Further names, as prod, each for a name or a name/version.</summary>
    public Dictionary<string, string> Aliases { get; set; } = [];

    /// <summary>Seconds between looks at the folder; what is new there is loaded. 0: only when ReloadModels is called.</summary>
    [Range(0, 86_400)]
    public double WatchSeconds { get; set; } = 10;

    /// <summary>Cpu, Cuda or TensorRt.</summary>
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Cpu;

    /// <summary>Run on the CPU where the provider is not to be had, and say so.</summary>
    public bool AllowFallback { get; set; }

    /// <summary>GPU numbers, each of which runs every model.</summary>
    public int[] Devices { get; set; } = [];

    /// <summary>Sessions of a model on each device: a second one copies while the first computes, and takes as much memory again.</summary>
    [Range(1, 16)]
    public int SessionsPerDevice { get; set; } = 1;

    /// <summary>TensorRt: a folder where built engines are kept, so that only the first start takes minutes; empty for none.</summary>
    public string EngineCache { get; set; } = "";

    /// <summary>Threads inside one run; 0 means one for each core.</summary>
    [Range(0, 256)]
    public int Threads { get; set; }

    /// <summary>Windows in one run, at most.</summary>
    [Range(1, 64)]
    public int MaxBatch { get; set; } = 8;

    /// <summary>Milliseconds that the oldest window may wait for others before its batch closes, when the model is always busy; idle, none waits.</summary>
    [Range(0, 1000)]
    public double MaxBatchDelayMilliseconds { get; set; } = 2;

    internal ServingOptions ToServing(StreamOptions streams) => new()
    {
        Folder = Folder,
        Default = Default,
        KeepVersions = KeepVersions,
        Aliases = Aliases,
        Devices = Devices.Length == 0 ? [0] : Devices,
        SessionsPerDevice = SessionsPerDevice,
        Session = new SessionSettings { Provider = Provider, AllowFallback = AllowFallback, EngineCache = EngineCache, Threads = Threads, MaxBatch = MaxBatch },
        Scheduler = new SchedulerOptions
        {
            MaxBatchDelay = TimeSpan.FromMilliseconds(MaxBatchDelayMilliseconds),
            LiveDeadline = TimeSpan.FromSeconds(streams.LiveDeadlineSeconds),
            MaxDegradation = streams.MaxDegradation,
        },
    };
}
