namespace Mars.Client.Load;

/// <summary>Hands over each frame at its planned time, on a thread of its own that never waits for a server.</summary>
internal sealed class Pacer(LoadClock clock, IEnumerable<LoadCamera> cameras)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs until <paramref name="end"/>, or cancelled.</summary>
    public Task RunAsync(TimeSpan end, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(end, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(TimeSpan end, CancellationToken cancellationToken)
    {
        var queue = new PriorityQueue<LoadCamera, TimeSpan>(cameras.Select(c => (c, c.Plan.Next.Send)));
        while (!cancellationToken.IsCancellationRequested && queue.TryPeek(out var camera, out var due) && due < end)
        {
            var early = due - clock.Elapsed;
            if (early > TimeSpan.Zero)
            {
                cancellationToken.WaitHandle.WaitOne(TimeSpan.FromTicks(Math.Clamp(early.Ticks, Shortest.Ticks, Longest.Ticks)));
                continue;
            }
            camera.Offer(camera.Plan.Next);
            camera.Plan.Advance();
            queue.DequeueEnqueue(camera, camera.Plan.Next.Send);
        }
    }
}
