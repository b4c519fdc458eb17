using Mars.Trainer.Objectives;

namespace Mars.Trainer.Evaluation;

/// <summary>How videos are recognised, where it is not as the paper does.</summary>
internal sealed record EvaluationOptions
{
    /// <summary>Side of the clips in pixels; null is the network's.</summary>
    public int? Size { get; init; }

    /// <summary>Each clip is its middle frame all the time.</summary>
    public bool Static { get; init; }

    /// <summary>Whose distance is measured too.</summary>
    public Teacher? Teacher { get; init; }
}
