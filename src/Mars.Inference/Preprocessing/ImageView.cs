namespace Mars.Inference.Preprocessing;

/// <summary>Somebody else's pixels: interleaved 8-bit channels, rows <see cref="Stride"/> bytes apart.</summary>
public readonly ref struct ImageView
{
    /// <param name="pixels">At least (height - 1) * stride + width * channels bytes.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Bytes from a row to the next.</param>
    /// <param name="channels">Bytes a pixel.</param>
    public ImageView(ReadOnlySpan<byte> pixels, int width, int height, int stride, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, width * channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels.Length, ((height - 1) * stride) + (width * channels), nameof(pixels));
        Pixels = pixels;
        Width = width;
        Height = height;
        Stride = stride;
        Channels = channels;
        Extent = (width, height);
    }

    public ReadOnlySpan<byte> Pixels { get; }

    public int Width { get; }

    public int Height { get; }

    public int Stride { get; }

    public int Channels { get; }

    /// <summary>Width and height of what is shown, in pixels of this image: a little less than its own where a larger picture was reduced to whole pixels.</summary>
    public (double Width, double Height) Extent { get; init; }

    /// <summary>The bytes of one row.</summary>
    public ReadOnlySpan<byte> Row(int y) => Pixels.Slice(y * Stride, Width * Channels);

    /// <summary>A rectangle of this image, without a copy.</summary>
    public ImageView Crop(int x, int y, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(x + width, Width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(y + height, Height);
        return new ImageView(Pixels[((y * Stride) + (x * Channels))..], width, height, Stride, Channels);
    }
}
