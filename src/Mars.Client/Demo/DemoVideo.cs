namespace Mars.Client.Demo;

/// <summary>A video to show, with what is done in it as far as that is known.</summary>
/// <param name="Path">The file.</param>
/// <param name="FrameRate">Frames per second.</param>
/// <param name="Truth">In order; empty where it is not known.</param>
internal sealed record DemoVideo(string Path, double FrameRate, IReadOnlyList<TruthSegment> Truth);
