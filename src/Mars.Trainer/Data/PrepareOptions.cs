using Mars.Inference.Threads;

namespace Mars.Trainer.Data;

/// <summary>How videos become frames and flow.</summary>
internal sealed record PrepareOptions
{
    /// <summary>Of the stored frames, in pixels (256 in the paper).</summary>
    public int ShortSide { get; init; } = 256;

    /// <summary>Whether to compute optical flow, which takes nearly all of the time.</summary>
    public bool Flow { get; init; } = true;

    /// <summary>Where flow is computed: cpu or cuda:0.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Videos at once.</summary>
    public int Jobs { get; init; } = CpuBudget.Current.Threads;

    /// <summary>Of how many machines (or processes) this one is which, counted from 1: each takes its share of the videos.</summary>
    public (int Index, int Count) Shard { get; init; } = (1, 1);
}
