using Google.Protobuf;
using Mars.V1;
using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>Makes messages of frames. Used by one thread.</summary>
internal sealed class FrameEncoder(FrameEncoding encoding) : IDisposable
{
    // The authors' frames were extracted with this short side, as good JPEGs; the network sees 112.
    private const int ShortSide = 256;

    private static readonly ImageEncodingParam[] Quality = [new(ImwriteFlags.JpegQuality, 95)];

    private readonly Mat _small = new();

    /// <summary>Encodes a frame. Sequence number and capture time are the caller's.</summary>
    public Frame Encode(SourceFrame source)
    {
        var pixels = source.Pixels;
        var shrink = !encoding.FullSize && Math.Min(pixels.Width, pixels.Height) > ShortSide;
        if (source.Encoded is { } file && !shrink && !encoding.Raw)
            return new Frame { Data = UnsafeByteOperations.UnsafeWrap(file) };
        if (pixels.Empty())
            throw new SourceException("a picture cannot be decoded");
        if (shrink)
        {
            var scale = ShortSide / (double)Math.Min(pixels.Width, pixels.Height);
            Cv2.Resize(pixels, _small, new Size(Math.Round(pixels.Width * scale), Math.Round(pixels.Height * scale)), 0, 0, InterpolationFlags.Area);
            pixels = _small;
        }
        return encoding.Raw ? Raw(pixels) : Jpeg(pixels);
    }

    public void Dispose() => _small.Dispose();

    private static Frame Jpeg(Mat pixels)
    {
        Cv2.ImEncode(".jpg", pixels, out var bytes, Quality);
        return new Frame { Data = UnsafeByteOperations.UnsafeWrap(bytes) };
    }

    private static Frame Raw(Mat pixels)
    {
        if (!pixels.GetArray(out Vec3b[] values))
            throw new SourceException("a frame is not 8-bit colour");
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        return new Frame
        {
            Data = UnsafeByteOperations.UnsafeWrap(bytes),
            Format = PixelFormat.Bgr24,
            Width = (uint)pixels.Width,
            Height = (uint)pixels.Height,
        };
    }
}
