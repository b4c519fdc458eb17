namespace Mars.Client.Reporting;

/// <summary>Quantiles of a delay, in milliseconds.</summary>
internal sealed record DelaySummary(double P50, double P95, double P99, double Max)
{
    public static DelaySummary Of(DelayHistogram delays) => new(
        Milliseconds(delays.Quantile(0.50)), Milliseconds(delays.Quantile(0.95)), Milliseconds(delays.Quantile(0.99)), Milliseconds(delays.Max));

    public override string ToString() => $"p50 {P50:0} ms, p95 {P95:0} ms, p99 {P99:0} ms, max {Max:0} ms";

    private static double Milliseconds(TimeSpan delay) => Math.Round(delay.TotalMilliseconds, 1);
}
