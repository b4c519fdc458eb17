using Mars.Server.Configuration;

namespace Mars.Server.Security;

/// <summary>What a caller may still use: streams, frames and bytes. Shared by all its calls; any thread.</summary>
internal sealed class CallerBudget(LimitOptions limits, TimeProvider time)
{
    private readonly Allowance _frames = new(limits.FramesPerSecond, time);
    private readonly Allowance _bytes = new(limits.BytesPerSecond, time);
    private readonly Lock _lock = new();
    private int _streams;

    /// <summary>No limits.</summary>
    public static CallerBudget Unlimited { get; } = new(new LimitOptions(), TimeProvider.System);

    /// <summary>Opens a stream, which ends when its place is disposed of.</summary>
    /// <returns>Null when as many are open as may be.</returns>
    public IDisposable? TryOpen()
    {
        lock (_lock)
        {
            if (limits.Streams > 0 && _streams >= limits.Streams)
                return null;
            _streams++;
            return new OpenPlace(this);
        }
    }

    /// <summary>Takes frames that were counted only when they were here; what follows waits for it.</summary>
    public void Charge(int frames)
    {
        lock (_lock)
            _frames.Take(frames);
    }

    /// <summary>Takes frames and their bytes.</summary>
    /// <returns>Zero, or how long to wait before trying again: nothing was taken then.</returns>
    public TimeSpan TryTake(int frames, long bytes)
    {
        if (_frames.IsUnlimited && _bytes.IsUnlimited)
            return TimeSpan.Zero;
        lock (_lock)
        {
            var (forFrames, forBytes) = (_frames.Wait(), _bytes.Wait());
            var wait = forFrames > forBytes ? forFrames : forBytes;
            if (wait > TimeSpan.Zero)
                return wait;
            _frames.Take(frames);
            _bytes.Take(bytes);
            return TimeSpan.Zero;
        }
    }

    private sealed class OpenPlace(CallerBudget budget) : IDisposable
    {
        public void Dispose()
        {
            lock (budget._lock)
                budget._streams--;
        }
    }
}
