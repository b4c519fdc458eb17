namespace Mars.Client.Load;

/// <summary>Plays cameras against a server, open loop: each sends at its own times whatever comes back, so a slow server cannot hide behind a load that waits for it.</summary>
/// <param name="target">The server.</param>
/// <param name="frames">What the cameras see.</param>
/// <param name="progress">Told each second.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadRun(LoadTarget target, FrameLoop frames, Action<LoadProgress> progress, TimeProvider time)
{
    // Answers under way when sending ends may still come; a server that is ten times overloaded is not waited for.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public async Task<LoadResult> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        using var connections = new Connections(target, options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var clock = new LoadClock(time);
        var tally = new LoadTally(options);
        var cameras = Cameras(options, connections, clock, tally).ToList();
        var running = cameras.Select((camera, i) => StartAsync(camera, options.Ramp * i / cameras.Count, clock, stop.Token)).ToList();
        var pacing = new Pacer(clock, cameras.Take(options.Cameras)).RunAsync(options.CountTo, stop.Token);
        var samples = new RunSamples(target, clock, options);
        while (!pacing.IsCompleted)
        {
            await Task.WhenAny(pacing, Task.Delay(Second, time, cancellationToken));
            progress(new LoadProgress(options, samples.Take(tally), tally.Snapshot()));
        }
        await pacing;
        foreach (var camera in cameras)
            camera.Complete();
        stop.CancelAfter(Farewell);
        await Task.WhenAll(running);
        cancellationToken.ThrowIfCancellationRequested();
        return samples.Result(tally.Snapshot());
    }

    private IEnumerable<LoadCamera> Cameras(LoadOptions options, Connections connections, LoadClock clock, LoadTally tally)
    {
        // Names of their own: a second tool beside this one must not take its cameras over.
        var run = $"load-{Environment.ProcessId}-{time.GetTimestamp():x}";
        for (var i = 0; i < options.Cameras + options.Idle; i++)
        {
            var random = new Random(HashCode.Combine(options.Seed, i));
            // Not all in the same instant: cameras do not agree on when to take a frame.
            var start = (options.Ramp * i / Math.Max(1, options.Cameras)) + TimeSpan.FromSeconds(random.NextDouble() / options.FrameRate);
            yield return new LoadCamera(i, $"{run}-{i}", new SendPlan(options, start, random), connections.Of(i), frames, tally, clock, options, random);
        }
    }

    private async Task StartAsync(LoadCamera camera, TimeSpan at, LoadClock clock, CancellationToken stop)
    {
        try
        {
            if (at - clock.Elapsed is { Ticks: > 0 } early)
                await Task.Delay(early, time, stop);
            await camera.RunAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over.
        }
    }
}
