using Mars.Inference.Batching;
using Mars.Inference.Sessions;

namespace Mars.Inference.Serving;

/// <summary>Which models are served, by which names, and how they run.</summary>
public sealed record ServingOptions
{
    /// <summary>The folder of model packages.</summary>
    public required string Folder { get; init; }

    /// <summary>What callers that name no model get: a name, a name/version or an alias; empty means the best kind there is (mars, mers, rgb, ensemble).</summary>
    public string Default { get; init; } = string.Empty;

    /// <summary>Versions of each name that are loaded side by side, the newest first.</summary>
    public int KeepVersions { get; init; } = 1;

    /// <summary>Further names, as prod, for a name or a name/version, which is then kept loaded.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>How a graph is run.</summary>
    public SessionSettings Session { get; init; } = new();

    /// <summary>GPU numbers; each runs every model.</summary>
    public IReadOnlyList<int> Devices { get; init; } = [0];

    /// <summary>Sessions of each model on each device.</summary>
    public int SessionsPerDevice { get; init; } = 1;

    /// <summary>How windows become batches.</summary>
    public SchedulerOptions Scheduler { get; init; } = new();
}
