namespace Mars.Inference.Windowing;

/// <summary>What is known of a frame in the ring.</summary>
/// <param name="Sequence">The camera's number of it.</param>
/// <param name="CaptureTime">By the camera's clock.</param>
/// <param name="Timed">False where the camera sends no capture times and <paramref name="CaptureTime"/> only counts its frames.</param>
/// <param name="Received">Time stamp (TimeProvider) of its arrival.</param>
public readonly record struct RingFrame(ulong Sequence, DateTimeOffset CaptureTime, bool Timed, long Received);
