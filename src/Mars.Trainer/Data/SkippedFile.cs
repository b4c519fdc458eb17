namespace Mars.Trainer.Data;

/// <summary>A file or folder in a data set that is not one of its videos.</summary>
/// <param name="Path">Below the data set's folder.</param>
/// <param name="Reason">Why it is left out.</param>
internal sealed record SkippedFile(string Path, string Reason);
