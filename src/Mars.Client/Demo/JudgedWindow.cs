namespace Mars.Client.Demo;

/// <summary>A prediction beside the truth. Times are since the video's first frame.</summary>
internal sealed record JudgedWindow(TimeSpan Start, TimeSpan End, string? Truth, string Predicted, double Score, WindowKind Kind)
{
    /// <summary>Share of a window that must lie in one action.</summary>
    public const double MinShare = 0.75;

    public TimeSpan Centre => (Start + End) / 2;

    /// <summary>Sets a prediction against the truth.</summary>
    public static JudgedWindow Of(TimeSpan start, TimeSpan end, string predicted, double score, IReadOnlyList<TruthSegment> truth)
    {
        var most = truth.MaxBy(s => s.Overlap(start, end));
        var share = most is null ? 0 : most.Overlap(start, end) / (end - start);
        var kind = truth.Count == 0 || share == 0 ? WindowKind.Untold
            : share < MinShare ? WindowKind.Boundary
            : most!.Label == predicted ? WindowKind.Right : WindowKind.Wrong;
        return new JudgedWindow(start, end, share == 0 ? null : most!.Label, predicted, score, kind);
    }
}
