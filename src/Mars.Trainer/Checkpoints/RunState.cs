using Mars.Trainer.Networks;

namespace Mars.Trainer.Checkpoints;

/// <summary>What a checkpoint says beside its tensors.</summary>
internal sealed record RunState
{
    public required NetworkShape Shape { get; init; }

    /// <summary>Names of the classes, in the order of the logits.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Kind of stream: rgb, flow, mers or mars.</summary>
    public required string Stream { get; init; }

    /// <summary>Epochs that have been trained.</summary>
    public required int Epoch { get; init; }

    /// <summary>The learning-rate schedule's memory, by name.</summary>
    public required IReadOnlyDictionary<string, double> Schedule { get; init; }

    /// <summary>Lowest validation loss so far.</summary>
    public double BestLoss { get; init; } = double.MaxValue;

    /// <summary>The epoch that gave it, counted from 1.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Measured at this epoch, by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Every option of the run, as the command line names them.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Options that say where and how fast the work is done and change nothing in the result.</summary>
    public static IReadOnlySet<string> Incidental { get; } = new HashSet<string>(["--device", "--threads", "--workers", "--cache-mb"], StringComparer.Ordinal);

    /// <summary>Whether it learnt from videos of this folder, all or some, and left no fold of them out.</summary>
    public bool LearntFrom(string folder) =>
        Options.TryGetValue("--data", out var data) && Path.GetFullPath(data) == Path.GetFullPath(folder) && !Options.ContainsKey("--test-fold");

    // A run's folder and its data may have moved; a training may be made longer, unless its rates depend on its length.
    private static readonly HashSet<string> Movable = new([.. Incidental, "--run", "--data", "--annotations", "--validation", "--epochs", "--classifier-epochs", "--early-stop"], StringComparer.Ordinal);

    /// <summary>The first option that makes another training of it, in words; null if there is none.</summary>
    /// <param name="old">Of a run that is to be gone on with.</param>
    /// <param name="wanted">That are given now.</param>
    public static string? Difference(IReadOnlyDictionary<string, string> old, IReadOnlyDictionary<string, string> wanted)
    {
        var other = old.Keys.Union(wanted.Keys)
            .FirstOrDefault(o => (!Movable.Contains(o) || (o == "--epochs" && old.GetValueOrDefault("--lr-schedule") == "cosine")) && old.GetValueOrDefault(o, "") != wanted.GetValueOrDefault(o, ""));
        return other is null ? null : $"{other} {old.GetValueOrDefault(other, "left out")} and not {wanted.GetValueOrDefault(other, "left out")}";
    }
}
