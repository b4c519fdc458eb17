namespace Mars.Inference.Postprocessing;

/// <summary>The frames of a window, by number and capture time.</summary>
public readonly record struct WindowSpan(ulong FirstSequence, ulong LastSequence, DateTimeOffset StartTime, DateTimeOffset EndTime);
