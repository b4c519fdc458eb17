namespace Mars.Client.Load;

/// <summary>How far a run is.</summary>
/// <param name="Options">Of the run.</param>
/// <param name="Second">Its last second.</param>
/// <param name="Counts">All so far.</param>
internal sealed record LoadProgress(LoadOptions Options, LoadSample Second, LoadCounts Counts)
{
    public override string ToString()
    {
        var phase = Second.Seconds < Options.CountFrom.TotalSeconds ? "warming up" : $"{Second.Seconds - Options.CountFrom.TotalSeconds:0} of {Options.Duration.TotalSeconds:0} s";
        var memory = Second.ServerMb is { } mb ? $", server {mb:0} MB" : "";
        return $"{Options.Cameras} cameras, {phase}: {Second.Answered} windows/s, p50 {Second.Delay.P50:0} ms, p99 {Second.Delay.P99:0} ms, coverage {Counts.Windows.Coverage:P1}{memory}";
    }
}
