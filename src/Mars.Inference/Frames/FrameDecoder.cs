using System.Diagnostics;
using Mars.Inference.Preprocessing;
using OpenCvSharp;

namespace Mars.Inference.Frames;

/// <summary>
/// Turns a camera's bytes into the network's RGB, size x size. One instance belongs to one camera session. A JPEG that is much larger is decoded straight to a half, a
/// quarter or an eighth of its size, which libjpeg does by leaving out the finest of each block's frequencies.
/// </summary>
/// <param name="limits">Of pictures that are taken.</param>
/// <param name="size">Side of the result.</param>
/// <param name="leastOversampling">How many times as large as <paramref name="size"/> the short side of a reduced picture is at least; infinite: never reduce.</param>
public sealed class FrameDecoder(FrameLimits limits, int size, double leastOversampling = FrameDecoder.DefaultOversampling)
{
    /// <summary>Of reduced pictures. On real videos it differs from decoding in full by up to 0.7 grey levels on average; 1 by up to 1.8.</summary>
    public const double DefaultOversampling = 1.2;

    private readonly FramePreprocessor _preprocessor = new(size);

    /// <summary>How long the last frame's resize and crop took, without its decoding.</summary>
    public TimeSpan Preprocessing { get; private set; }

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
        Preprocess(new ImageView(data, (int)width, (int)height, (int)width * 3, 3), layout == PixelLayout.Bgr24, destination);
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
        Preprocess(View(bgr), swapRedBlue: true, destination);
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
            var reduction = header.IsJpeg ? Reduction(Math.Min(header.Width, header.Height)) : 1;
            using var bgr = DecodedImage.Decode(data, Mode(reduction));
            if (!bgr.IsDecoded)
                return FrameStatus.Corrupt;
            var turned = bgr.Pixels.Width < bgr.Pixels.Height != header.Width < header.Height; // by its EXIF orientation
            var (width, height) = turned ? (header.Height, header.Width) : (header.Width, header.Height);
            Preprocess(bgr.Pixels with { Extent = ((double)width / reduction, (double)height / reduction) }, swapRedBlue: true, destination);
            return FrameStatus.Ok;
        }
        catch (OpenCVException)
        {
            return FrameStatus.Corrupt;
        }
    }

    private void Preprocess(ImageView image, bool swapRedBlue, Span<byte> destination)
    {
        var started = Stopwatch.GetTimestamp();
        _preprocessor.Process(image, swapRedBlue, destination);
        Preprocessing = Stopwatch.GetElapsedTime(started);
    }

    private int Reduction(int shortSide)
    {
        var reduction = 8;
        while (reduction > 1 && shortSide / reduction < leastOversampling * size)
            reduction /= 2;
        return reduction;
    }

    private static ImreadModes Mode(int reduction) => reduction switch
    {
        8 => ImreadModes.ReducedColor8,
        4 => ImreadModes.ReducedColor4,
        2 => ImreadModes.ReducedColor2,
        _ => ImreadModes.Color,
    };

    private static unsafe ImageView View(Mat bgr)
    {
        var stride = (int)bgr.Step();
        return new ImageView(new ReadOnlySpan<byte>(bgr.DataPointer, ((bgr.Height - 1) * stride) + (bgr.Width * 3)), bgr.Width, bgr.Height, stride, 3);
    }
}
