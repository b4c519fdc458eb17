namespace Mars.Trainer.Data;

/// <summary>What a run of prepare leaves.</summary>
/// <param name="Set">All videos that are prepared so far, by whichever shard.</param>
/// <param name="Mine">How many videos this shard has to prepare.</param>
/// <param name="Broken">Its videos that cannot be read, with the reason.</param>
/// <param name="Notes">Its videos that were read with a gap or the like.</param>
/// <param name="Skipped">Files that were not taken for videos.</param>
internal sealed record PreparedSet(
    FrameSet Set, int Mine, IReadOnlyList<(string Video, string Reason)> Broken, IReadOnlyList<(string Video, string Note)> Notes, IReadOnlyList<SkippedFile> Skipped);
