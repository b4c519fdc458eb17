using Mars.Client.Reporting;

namespace Mars.Client.Load;

/// <summary>What became of frames and windows.</summary>
/// <param name="Windows">By outcome.</param>
/// <param name="Frames">By outcome.</param>
/// <param name="Delay">Capture to decision, in milliseconds.</param>
/// <param name="Lag">Planned to real hand-over of frames that nothing held up, in milliseconds: the tool's own.</param>
/// <param name="Cuts">Connections that the tool cut.</param>
/// <param name="Errors">Connections that failed, by reason.</param>
/// <param name="Answers">By camera.</param>
internal sealed record LoadCounts(
    WindowCounts Windows, FrameCounts Frames, DelaySummary Delay, DelaySummary Lag, long Cuts, IReadOnlyDictionary<string, long> Errors, CameraSpread Answers)
{
    /// <summary>Runs of the network that gave the answers, as the server says, in milliseconds.</summary>
    public DelaySummary Inference { get; init; } = new(0, 0, 0, 0);

    /// <summary>Frames between windows, at the model's rate.</summary>
    public StrideUse? Stride { get; init; }
}

/// <summary>Frames between windows.</summary>
/// <param name="Asked">At the start.</param>
/// <param name="Longest">Of any camera while the server had no time for more.</param>
/// <param name="Milliseconds">The asked one, in time.</param>
internal sealed record StrideUse(int Asked, int Longest, double Milliseconds);

/// <summary>Windows by outcome.</summary>
/// <param name="Due">For the frames that were sent.</param>
/// <param name="Answered">With a prediction.</param>
/// <param name="Superseded">Replaced by a newer one, as the server says.</param>
/// <param name="Expired">Too old to be worth a run, as the server says.</param>
/// <param name="Failed">The model failed on them, as the server says.</param>
/// <param name="Lost">With a connection that broke or was cut.</param>
/// <param name="LeftOut">By the longer strides that the server told of: counted from the stride in force when a frame was sent.</param>
internal sealed record WindowCounts(long Due = 0, long Answered = 0, long Superseded = 0, long Expired = 0, long Failed = 0, long Lost = 0, long LeftOut = 0)
{
    /// <summary>Due windows of which the server said nothing before the run ended.</summary>
    public long Untold => Math.Max(0, Due - Answered - Superseded - Expired - Failed - Lost - LeftOut);

    /// <summary>Answered of due, 0 to 1.</summary>
    public double Coverage => Due == 0 ? 0 : Math.Min(1, (double)Answered / Due);
}

/// <summary>Frames by outcome.</summary>
/// <param name="Sent">Handed to the network.</param>
/// <param name="Rejected">Of those, not usable, as the server says.</param>
/// <param name="NotSent">There was no connection, or flow control held the camera back for too long.</param>
internal sealed record FrameCounts(long Sent = 0, long Rejected = 0, long NotSent = 0);

/// <summary>How fairly answers fall on cameras.</summary>
internal sealed record CameraSpread(long Least, double Mean, long Most)
{
    /// <summary>Least over mean, 0 to 1.</summary>
    public double Fairness => Mean > 0 ? Math.Round(Least / Mean, 3) : 0;
}
