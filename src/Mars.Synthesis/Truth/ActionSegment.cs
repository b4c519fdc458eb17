namespace Mars.Synthesis.Truth;

/// <summary>An action and when it happens.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Start">Seconds from the start of the video.</param>
/// <param name="End">Seconds from the start of the video.</param>
public sealed record ActionSegment(string Label, double Start, double End);
