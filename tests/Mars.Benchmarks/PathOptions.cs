namespace Mars.Benchmarks;

/// <summary>What bench path is asked for.</summary>
/// <param name="Models">Folder of model packages; the first that is no ensemble is measured.</param>
/// <param name="Rounds">Of each measurement.</param>
/// <param name="Seconds">Of a round.</param>
/// <param name="Picture">JPEG file to send; null is a rendered one of 1920x1080.</param>
/// <param name="Json">File for the figures; null is none.</param>
/// <param name="Against">Another folder of packages to compare a server of those with; null is none.</param>
/// <param name="Stride">Frames between the windows of that comparison.</param>
internal sealed record PathOptions(string Models, int Rounds, double Seconds, string? Picture, string? Json, string? Against, int Stride);
