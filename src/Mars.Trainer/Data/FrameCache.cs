using System.Collections.Concurrent;

namespace Mars.Trainer.Data;

/// <summary>Keeps the JPEG bytes of frames in memory, up to a limit; what does not fit is read from disk each time.</summary>
internal sealed class FrameCache(long maxBytes)
{
    private readonly ConcurrentDictionary<string, byte[]?[]> _videos = new(StringComparer.Ordinal);
    private long _bytes;

    public byte[] Read(FrameSet set, VideoEntry video, int frame)
    {
        var frames = _videos.GetOrAdd(Path.Combine(set.Folder, video.Video), static (_, count) => new byte[]?[count], video.Frames);
        if (frames[frame] is { } kept)
            return kept;
        var bytes = File.ReadAllBytes(set.FramePath(video, frame));
        if (Interlocked.Add(ref _bytes, bytes.Length) <= maxBytes)
            frames[frame] = bytes;
        else
            Interlocked.Add(ref _bytes, -bytes.Length);
        return bytes;
    }
}
