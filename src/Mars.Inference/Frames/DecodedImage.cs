using Mars.Inference.Preprocessing;
using OpenCvSharp;
using OpenCvSharp.Internal;

namespace Mars.Inference.Frames;

/// <summary>
/// A picture that OpenCV has decoded, in memory of OpenCV's. It calls OpenCV below <see cref="Mat"/>, which is an object with a finalizer for every frame of every
/// camera; this one leaves nothing to collect.
/// </summary>
internal readonly unsafe ref struct DecodedImage : IDisposable
{
    private readonly nint _mat;

    private DecodedImage(nint mat, byte* pixels, int width, int height, int stride)
    {
        _mat = mat;
        if (pixels is not null)
            Pixels = new ImageView(new ReadOnlySpan<byte>(pixels, ((height - 1) * stride) + (width * 3)), width, height, stride, 3);
    }

    /// <summary>False where OpenCV made nothing of the bytes.</summary>
    public bool IsDecoded => !Pixels.Pixels.IsEmpty;

    /// <summary>Blue, green, red.</summary>
    public ImageView Pixels { get; }

    /// <summary>Decodes an encoded picture to three channels of 8 bits.</summary>
    /// <exception cref="OpenCVException">The bytes are broken in a way that OpenCV throws at.</exception>
    public static DecodedImage Decode(ReadOnlySpan<byte> data, ImreadModes mode)
    {
        nint mat;
        fixed (byte* bytes = data)
            NativeMethods.HandleException(NativeMethods.imgcodecs_imdecode_vector(bytes, data.Length, (int)mode, out mat));
        NativeMethods.HandleException(NativeMethods.core_Mat_type(mat, out var type));
        NativeMethods.HandleException(NativeMethods.core_Mat_cols(mat, out var width));
        NativeMethods.HandleException(NativeMethods.core_Mat_rows(mat, out var height));
        NativeMethods.HandleException(NativeMethods.core_Mat_data(mat, out var pixels));
        if (pixels is null || width <= 0 || height <= 0 || type != (int)MatType.CV_8UC3)
            return new DecodedImage(mat, null, 0, 0, 0);
        NativeMethods.HandleException(NativeMethods.core_Mat_step(mat, out var stride));
        return new DecodedImage(mat, pixels, width, height, (int)stride);
    }

    public void Dispose() => NativeMethods.HandleException(NativeMethods.core_Mat_delete(_mat));
}
