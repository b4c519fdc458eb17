namespace Mars.Client.Demo;

/// <summary>An event that the server told. Times are since the video's first frame; the end is null while it lasts.</summary>
internal sealed record FoundEvent(string Id, string Label, TimeSpan Start, TimeSpan? End, double Score);
