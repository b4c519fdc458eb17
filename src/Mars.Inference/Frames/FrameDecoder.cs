using Mars.Inference.Preprocessing;
using OpenCvSharp;

namespace Mars.Inference.Frames;

/// <summary>Turns a camera's bytes into the network's 112 x 112 RGB. One instance belongs to one camera session.</summary>
public sealed class FrameDecoder(FrameLimits limits, int size = FramePreprocessor.DefaultSize)
{
    private readonly FramePreprocessor _preprocessor = new(size);

    /// <summary>Bytes of one decoded frame.</summary>
    public int FrameBytes => _preprocessor.FrameBytes;

    /// <summary>Decodes, resizes and crops one frame straight into its place.</summary>
    /// <param name="data">The picture, encoded or raw.</param>
    /// <param name="layout">What <paramref name="data"/> is.</param>
    /// <param name="width">Raw layouts only.</param>
    /// <param name="height">Raw layouts only.</param>
    /// <param name="destination">size x size x 3 bytes; undefined unless the result is Ok.</param>
    public FrameStatus Decode(ReadOnlySpan<byte> data, PixelLayout layout, long width, long height, Span<byte> destination)
    {
        if (layout == PixelLayout.Encoded)
            return DecodeImage(data, destination);
        if (data.IsEmpty)
            return FrameStatus.Empty;
        if (!limits.Allows(width, height))
            return FrameStatus.BadSize;
        if (data.Length != width * height * 3)
            return FrameStatus.WrongLength;
        _preprocessor.Process(new ImageView(data, (int)width, (int)height, (int)width * 3, 3), layout == PixelLayout.Bgr24, destination);
        return FrameStatus.Ok;
    }

    /// <summary>Takes a frame that OpenCV has decoded already.</summary>
    /// <param name="bgr">8-bit, three channels.</param>
    /// <param name="destination">size x size x 3 bytes.</param>
    public FrameStatus Decode(Mat bgr, Span<byte> destination)
    {
        if (bgr.Empty() || bgr.Type() != MatType.CV_8UC3)
            return FrameStatus.Corrupt;
        if (!limits.Allows(bgr.Width, bgr.Height))
            return FrameStatus.BadSize;
        _preprocessor.Process(View(bgr), swapRedBlue: true, destination);
        return FrameStatus.Ok;
    }

    private FrameStatus DecodeImage(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        var header = ImageHeader.Read(data);
        if (header.Status != FrameStatus.Ok)
            return header.Status;
        if (!limits.Allows(header.Width, header.Height))
            return FrameStatus.BadSize;
        try
        {
            using var bgr = Cv2.ImDecode(data, ImreadModes.Color);
            return Decode(bgr, destination);
        }
        catch (OpenCVException)
        {
            return FrameStatus.Corrupt;
        }
    }

    private static unsafe ImageView View(Mat bgr)
    {
        var stride = (int)bgr.Step();
        return new ImageView(new ReadOnlySpan<byte>(bgr.DataPointer, ((bgr.Height - 1) * stride) + (bgr.Width * 3)), bgr.Width, bgr.Height, stride, 3);
    }
}
