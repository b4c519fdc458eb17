namespace Mars.Trainer.Data;

/// <summary>What <see cref="SourceVideos"/> has found.</summary>
/// <param name="Videos">In order; whether each can be decoded is not known yet.</param>
/// <param name="Labels">Classes in the order that labels.txt gives; null where there is none: then those of the videos that can be decoded, in alphabetical order.</param>
/// <param name="Skipped">What was not taken for a video.</param>
internal sealed record SourceList(IReadOnlyList<SourceVideo> Videos, IReadOnlyList<string>? Labels, IReadOnlyList<SkippedFile> Skipped);
