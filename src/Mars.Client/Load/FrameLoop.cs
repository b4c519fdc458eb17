using Google.Protobuf;
using Mars.Client.Cameras;
using Mars.Client.Sources;

namespace Mars.Client.Load;

/// <summary>The frames that all cameras send: read and encoded once, played over and over, each camera from another place.</summary>
internal sealed class FrameLoop(IReadOnlyList<ByteString> frames)
{
    // At 20 kB a frame 20 MB; a longer video shows a network nothing that is slower.
    private const int MaxFrames = 1000;

    /// <summary>Bytes of a frame, on average.</summary>
    public double MeanBytes => frames.Average(f => (double)f.Length);

    public int Count => frames.Count;

    /// <summary>Frame <paramref name="number"/> of an endless video.</summary>
    public ByteString this[long number] => frames[(int)(number % frames.Count)];

    /// <summary>Reads a video as a camera would send it: JPEG, short side at most 256.</summary>
    /// <exception cref="SourceException">It cannot be read.</exception>
    public static FrameLoop Read(string path, CancellationToken cancellationToken)
    {
        if (!Path.Exists(path))
            throw new SourceException($"{CameraAddress.Masked(path)} does not exist");
        using var source = FrameSources.Open(path, new SourceOptions(), TimeProvider.System);
        using var frame = new SourceFrame();
        using var encoder = new FrameEncoder(default);
        var frames = new List<ByteString>();
        while (frames.Count < MaxFrames && source.TryRead(frame, cancellationToken))
            frames.Add(encoder.Encode(frame).Data);
        return frames.Count > 0 ? new FrameLoop(frames) : throw new SourceException($"{CameraAddress.Masked(path)} has no frames");
    }
}
