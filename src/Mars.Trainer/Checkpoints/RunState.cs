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
}
