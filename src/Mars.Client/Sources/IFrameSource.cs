namespace Mars.Client.Sources;

/// <summary>Where frames come from. Used by one thread.</summary>
internal interface IFrameSource : IDisposable
{
    /// <summary>Short name, for people and as a camera id.</summary>
    string Name { get; }

    /// <summary>Whether frames come when they come (a camera), or when they are asked for (a file).</summary>
    bool IsLive { get; }

    /// <summary>Frames per second, as far as the source says.</summary>
    double FrameRate { get; }

    /// <summary>Takes the next frame; waits for it where it has to.</summary>
    /// <returns>False at the end.</returns>
    bool TryRead(SourceFrame frame, CancellationToken cancellationToken);
}
