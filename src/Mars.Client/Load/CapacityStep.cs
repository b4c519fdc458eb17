namespace Mars.Client.Load;

/// <summary>One try of a search for the capacity.</summary>
/// <param name="Cameras">How many were played.</param>
/// <param name="Faults">Why it did not pass; empty when it did.</param>
/// <param name="Result">All that it found.</param>
internal sealed record CapacityStep(int Cameras, IReadOnlyList<string> Faults, LoadResult Result)
{
    public bool Passed => Faults.Count == 0;

    /// <summary>Judges a run.</summary>
    public static CapacityStep Of(LoadResult result, TimeSpan limit)
    {
        var (windows, frames) = (result.Counts.Windows, result.Counts.Frames);
        var faults = new List<string>();
        if (windows.Due == 0)
            faults.Add("no window was due");
        if (result.Counts.Delay.P99 > limit.TotalMilliseconds)
            faults.Add($"p99 over {limit.TotalMilliseconds:0} ms");
        if (windows.Due > 0 && windows.Coverage < CapacitySearch.Coverage)
            faults.Add($"coverage under {CapacitySearch.Coverage:P0}");
        if (windows.Failed > 0)
            faults.Add($"{windows.Failed} windows failed");
        if (frames.Rejected > 0)
            faults.Add($"{frames.Rejected} frames rejected");
        // Those windows are not even due, so that coverage would not show it.
        if (frames.NotSent > 0 && result.Options.CutsPerMinute == 0)
            faults.Add($"{frames.NotSent} frames not sent");
        if (result.Counts.Errors.Count > 0)
            faults.Add($"{result.Counts.Errors.Values.Sum()} connections failed");
        return new CapacityStep(result.Options.Cameras, faults, result);
    }

    public override string ToString() =>
        $"{Cameras} cameras: {(Passed ? "pass" : "FAIL")}, p99 {Result.Counts.Delay.P99:0} ms, coverage {Result.Counts.Windows.Coverage:P1}, {Result.WindowsPerSecond:0.0} windows/s"
        + (Passed ? "" : $" ({string.Join(", ", Faults)})") + (Result.ToolWasLate ? $"; {LoadTable.ToolWasLate}" : "");
}
