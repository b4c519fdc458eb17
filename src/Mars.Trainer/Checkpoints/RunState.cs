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

    /// <summary>Whether it learnt from videos of this folder that it is tested on, all or some.</summary>
    /// <param name="folder">Holds the videos.</param>
    /// <param name="fold">The one of it that is tested on; null for all.</param>
    public bool LearntFrom(string folder, int? fold) =>
        Options.TryGetValue("--data", out var data) && Full(data) == Full(folder) && (fold is null || Options.GetValueOrDefault("--test-fold") != $"{fold}");

    /// <summary>The first option that makes another training of it, in words; null if there is none.</summary>
    /// <param name="old">Of a run that is to be gone on with.</param>
    /// <param name="wanted">That are given now.</param>
    public static string? Difference(IReadOnlyDictionary<string, string> old, IReadOnlyDictionary<string, string> wanted)
    {
        var other = old.Keys.Union(wanted.Keys).Where(o => !MayDiffer(o, old)).FirstOrDefault(o => Told(old, o) != Told(wanted, o));
        return other is null ? null : $"{other} {old.GetValueOrDefault(other, "left out")} and not {wanted.GetValueOrDefault(other, "left out")}";
    }

    // A run's folder and its data may have moved; a training may be made longer, unless its rates, or when its second step begins, depend on its length.
    private static bool MayDiffer(string option, IReadOnlyDictionary<string, string> old) => option switch
    {
        "--run" or "--data" or "--annotations" or "--validation" or "--early-stop" => true,
        "--classifier-epochs" => old.GetValueOrDefault("--lr-schedule") != "cosine",
        "--epochs" => old.GetValueOrDefault("--lr-schedule") != "cosine" && (old.GetValueOrDefault("--stream") != "mers" || old.ContainsKey("--joint")),
        _ => Incidental.Contains(option),
    };

    private static string Told(IReadOnlyDictionary<string, string> options, string option)
    {
        var value = options.GetValueOrDefault(option, "");
        return option is "--teacher" or "--pretrained" ? Path.GetFileName(Path.TrimEndingDirectorySeparator(value)) : value; // runs may have moved together
    }

    private static string Full(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}
