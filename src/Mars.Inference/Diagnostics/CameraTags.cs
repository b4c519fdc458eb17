using System.Collections.Concurrent;

namespace Mars.Inference.Diagnostics;

/// <summary>
/// The camera in the tags of metrics, for those who want it: each value is a time series more in every instrument that has it, so the first
/// <paramref name="most"/> cameras have their own and all others share <see cref="Other"/>. Thread-safe.
/// </summary>
/// <param name="most">Cameras with a tag of their own; 0: no camera is in any tag.</param>
public sealed class CameraTags(int most)
{
    /// <summary>The tag of the cameras beyond the cap.</summary>
    public const string Other = "other";

    private readonly ConcurrentDictionary<string, string> _cameras = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>The camera's tag; null where cameras are in no tag. A camera that comes back has the one that it had.</summary>
    public string? Of(string camera)
    {
        if (most == 0)
            return null;
        if (_cameras.TryGetValue(camera, out var tag))
            return tag;
        lock (_lock)
            return _cameras.Count < most ? _cameras.GetOrAdd(camera, camera) : _cameras.GetValueOrDefault(camera, Other);
    }
}
