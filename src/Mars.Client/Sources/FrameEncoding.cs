namespace Mars.Client.Sources;

/// <summary>In what form frames are sent.</summary>
/// <param name="FullSize">As large as they come, and not with their short side shrunk to 256.</param>
/// <param name="Raw">BGR without compression, and not JPEG.</param>
internal readonly record struct FrameEncoding(bool FullSize, bool Raw);
