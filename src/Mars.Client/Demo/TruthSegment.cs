namespace Mars.Client.Demo;

/// <summary>What is done from when to when in a video.</summary>
internal sealed record TruthSegment(string Label, TimeSpan Start, TimeSpan End)
{
    /// <summary>The label of doing nothing: a class like the others for a window, but no event.</summary>
    public const string Rest = "idle";

    /// <summary>How long it is seen between two times.</summary>
    public TimeSpan Overlap(TimeSpan start, TimeSpan end)
    {
        var shared = (End < end ? End : end) - (Start > start ? Start : start);
        return shared > TimeSpan.Zero ? shared : TimeSpan.Zero;
    }
}
