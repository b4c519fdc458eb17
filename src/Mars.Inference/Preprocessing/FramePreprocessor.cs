using System.Drawing;

namespace Mars.Inference.Preprocessing;

/// <summary>
/// The authors' test-time preprocessing of one frame: short side to <see cref="Size"/> with PIL's BILINEAR (the long side is floor(size * long / short)),
/// then the centre crop, whose offset Python's round gives. One instance belongs to one thread.
/// </summary>
public sealed class FramePreprocessor(int size = FramePreprocessor.DefaultSize)
{
    /// <summary>Side of the network's input, in pixels.</summary>
    public const int DefaultSize = 112;

    private readonly BilinearResizer _resizer = new();

    /// <summary>Side of the result, in pixels.</summary>
    public int Size { get; } = size;

    /// <summary>Bytes of one preprocessed frame: size * size * 3.</summary>
    public int FrameBytes => Size * Size * 3;

    /// <summary>Resizes and crops <paramref name="image"/> into <paramref name="destination"/>.</summary>
    /// <param name="image">Three channels of a picture, or two of optical flow.</param>
    /// <param name="swapRedBlue">The image is BGR; the result is always RGB.</param>
    /// <param name="destination">Size x size x channels bytes.</param>
    public void Process(ImageView image, bool swapRedBlue, Span<byte> destination)
    {
        var (width, height) = ScaledSize(image.Extent.Width, image.Extent.Height);
        // Python's round is to even, as Math.Round is.
        var window = new Rectangle((int)Math.Round((width - Size) / 2.0), (int)Math.Round((height - Size) / 2.0), Size, Size);
        _resizer.Resize(image, width, height, window, destination);
        if (!swapRedBlue)
            return;
        for (var i = 0; i < destination.Length; i += 3)
            (destination[i], destination[i + 2]) = (destination[i + 2], destination[i]);
    }

    // Products of the size and whole or quarter pixels are exact, and so the quotient's floor is that of whole numbers.
    private (int Width, int Height) ScaledSize(double width, double height) => width < height
        ? (Size, (int)(Size * height / width))
        : ((int)(Size * width / height), Size);
}
