namespace Mars.Inference.Postprocessing;

/// <summary>An action that has begun or is over.</summary>
/// <param name="Id">The same at both ends.</param>
/// <param name="Started">False at the end.</param>
/// <param name="Class">Index of the label.</param>
/// <param name="Peak">Highest smoothed score so far.</param>
/// <param name="Span">From the first window at the enter score to the last window above the exit score.</param>
public readonly record struct ActionEdge(Guid Id, bool Started, int Class, float Peak, WindowSpan Span);
