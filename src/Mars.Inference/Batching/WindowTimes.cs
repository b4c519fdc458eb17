namespace Mars.Inference.Batching;

/// <summary>Where a window's time went.</summary>
/// <param name="Queue">Window complete to start of inference.</param>
/// <param name="Inference">The run of its batch.</param>
/// <param name="BatchSize">Windows in that run.</param>
public readonly record struct WindowTimes(TimeSpan Queue, TimeSpan Inference, int BatchSize);
