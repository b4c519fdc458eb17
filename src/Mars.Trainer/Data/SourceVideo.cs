namespace Mars.Trainer.Data;

/// <summary>A video file that is to be prepared.</summary>
/// <param name="Path">Of the file.</param>
/// <param name="Entry">What it becomes; its frames are not counted yet.</param>
internal sealed record SourceVideo(string Path, VideoEntry Entry);
