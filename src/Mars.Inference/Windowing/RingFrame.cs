namespace Mars.Inference.Windowing;

/// <summary>What is known of a frame in the ring.</summary>
/// <param name="Sequence">The camera's number of it.</param>
/// <param name="CaptureTime">By the camera's clock.</param>
/// <param name="Received">Time stamp (TimeProvider) of its arrival.</param>
public readonly record struct RingFrame(ulong Sequence, DateTimeOffset CaptureTime, long Received);
