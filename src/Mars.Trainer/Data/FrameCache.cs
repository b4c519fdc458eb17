using System.Collections.Concurrent;

namespace Mars.Trainer.Data;

/// <summary>Keeps the bytes of JPEG files in memory, up to a limit; what does not fit is read from disk each time.</summary>
internal sealed class FrameCache(long maxBytes)
{
    private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private long _bytes;

    public byte[] Read(string path)
    {
        if (_files.TryGetValue(path, out var kept))
            return kept;
        var bytes = File.ReadAllBytes(path);
        if (Interlocked.Add(ref _bytes, bytes.Length) <= maxBytes)
            _files[path] = bytes;
        else
            Interlocked.Add(ref _bytes, -bytes.Length);
        return bytes;
    }
}
