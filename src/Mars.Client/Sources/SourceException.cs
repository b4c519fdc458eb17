namespace Mars.Client.Sources;

/// <summary>A source cannot be opened or read. The message is meant for people.</summary>
internal sealed class SourceException(string message) : Exception(message);
