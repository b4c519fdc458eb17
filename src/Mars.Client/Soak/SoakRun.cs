using Mars.Client.Load;

namespace Mars.Client.Soak;

/// <summary>Cameras for a long time, with connections that are cut and models that are reloaded.</summary>
/// <param name="target">The server.</param>
/// <param name="versions">Its models, if they are the tool's to change.</param>
/// <param name="frames">What the cameras see.</param>
/// <param name="progress">Told each second.</param>
/// <param name="step">Told what stays on the screen.</param>
/// <param name="time">The clock.</param>
internal sealed class SoakRun(LoadTarget target, ModelVersions? versions, FrameLoop frames, Action<string> progress, Action<string> step, TimeProvider time)
{
    private const double Megabyte = 1 << 20;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public async Task<SoakResult> RunAsync(SoakOptions options, CancellationToken cancellationToken)
    {
        await using var relay = new CuttingRelay(target.Address);
        // The relay is another address than the one that the certificate is for.
        var client = target.Client with { ServerName = target.Client.ServerName ?? target.Address.Host };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var clock = new LoadClock(time);
        var tally = new SoakTally();
        var run = $"soak-{Environment.ProcessId}-{time.GetTimestamp():x}";
        var cameras = Task.WhenAll(Enumerable.Range(0, options.Cameras).Select(i => new SoakCamera($"{run}-{i}", options, frames, tally, clock, time).RunAsync(relay.Address, client, options.Duration, stop.Token)));
        var cutting = CutAsync(relay, options, tally, stop.Token);
        var reloading = options.ReloadEvery > TimeSpan.Zero ? new ModelReloads(target, versions, tally, step, time).RunAsync(options.ReloadEvery, stop.Token) : Task.CompletedTask;
        var memory = new List<double>();
        while (!cameras.IsCompleted)
        {
            await Task.WhenAny(cameras, Task.Delay(Second, time, cancellationToken));
            if (target.Measure() is { } use)
                memory.Add(Math.Round(use.Memory / Megabyte, 1));
            progress(Line(options, clock.Elapsed, tally.Snapshot(), memory));
        }
        await stop.CancelAsync();
        await cameras;
        await Task.WhenAll(cutting, reloading);
        return new SoakResult { Options = options, Counts = tally.Snapshot(), MemoryMb = memory };
    }

    private async Task CutAsync(CuttingRelay relay, SoakOptions options, SoakTally tally, CancellationToken stop)
    {
        var rate = options.CutsPerMinute * options.Cameras;
        try
        {
            while (rate > 0)
            {
                await Task.Delay(TimeSpan.FromMinutes(-Math.Log(1 - Random.Shared.NextDouble()) / rate), time, stop);
                if (relay.Cut(Random.Shared.NextDouble()))
                    tally.Change(c => c with { Cuts = c.Cuts + 1 });
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private static string Line(SoakOptions options, TimeSpan elapsed, SoakCounts counts, List<double> memory)
    {
        var server = memory.Count > 0 ? $", server {memory[^1]:0} MB" : "";
        return $"{options.Cameras} cameras, {elapsed.TotalMinutes:0.0} of {options.Duration.TotalMinutes:0.#} min: {counts.Answered} of {counts.Due} windows, p99 {counts.Delay?.P99:0} ms, "
            + $"{counts.Cuts} cuts, {counts.Reloads} reloads, {counts.Errors.Values.Sum()} errors{server}";
    }
}
