namespace Mars.Trainer.Data;

/// <summary>What a video has given.</summary>
/// <param name="Frames">Stored.</param>
/// <param name="Note">What the user should know of it; null if nothing.</param>
internal sealed record ExtractedFrames(int Frames, string? Note);
