namespace Mars.Inference.Windowing;

/// <summary>A place on the model's clock, which begins with the camera's first frame, or the first after a gap.</summary>
/// <param name="Start">Capture time of that frame: tick 0.</param>
/// <param name="Tick">Ticks from there.</param>
public readonly record struct RunPosition(DateTimeOffset Start, long Tick);
