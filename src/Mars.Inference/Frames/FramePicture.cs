using OpenCvSharp;

namespace Mars.Inference.Frames;

/// <summary>Preprocessed frames as pictures, for people.</summary>
public static class FramePicture
{
    private const int JpegQuality = 85;

    // How much of the colour covers the picture where the map is highest.
    private const double Cover = 0.75;

    /// <summary>A frame as a JPEG.</summary>
    /// <param name="rgb">uint8 [size, size, 3].</param>
    /// <param name="size">Of its sides.</param>
    public static byte[] Jpeg(byte[] rgb, int size)
    {
        using var picture = Bgr(rgb, size);
        return picture.ImEncode(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, JpegQuality));
    }

    /// <summary>A coarse map over a frame, or over grey, as a PNG: the brighter and warmer, the more. The lowest value leaves the picture as it is.</summary>
    /// <param name="map">[height, width].</param>
    /// <param name="height">Of the map.</param>
    /// <param name="width">Of the map.</param>
    /// <param name="rgb">uint8 [size, size, 3]; null for grey.</param>
    /// <param name="size">Of the frame's sides.</param>
    /// <param name="side">Of the PNG.</param>
    public static byte[] HeatPng(float[] map, int height, int width, byte[]? rgb, int size, int side)
    {
        var (low, high) = (map.Min(), map.Max());
        var levels = Array.ConvertAll(map, v => high > low ? (v - low) / (high - low) : 0f);
        using var coarse = Mat.FromPixelData(height, width, MatType.CV_32FC1, levels);
        using var heat = coarse.Resize(new Size(side, side), interpolation: InterpolationFlags.Cubic);
        using var bytes = new Mat();
        heat.ConvertTo(bytes, MatType.CV_8UC1, 255);
        using var colours = new Mat();
        Cv2.ApplyColorMap(bytes, colours, ColormapTypes.Inferno);
        using var picture = rgb is null ? new Mat(side, side, MatType.CV_8UC3, Scalar.All(128)) : Enlarged(rgb, size, side);
        Blend(picture, colours, bytes);
        return picture.ImEncode(".png");
    }

    private static void Blend(Mat picture, Mat colours, Mat heat)
    {
        using var cover = new Mat();
        heat.ConvertTo(cover, MatType.CV_32FC1, Cover / 255);
        using var rest = new Mat();
        cover.ConvertTo(rest, MatType.CV_32FC1, -1, 1);
        Cv2.BlendLinear(picture, colours, rest, cover, picture);
    }

    private static Mat Enlarged(byte[] rgb, int size, int side)
    {
        using var picture = Bgr(rgb, size);
        return picture.Resize(new Size(side, side), interpolation: InterpolationFlags.Cubic);
    }

    private static Mat Bgr(byte[] rgb, int size)
    {
        using var picture = Mat.FromPixelData(size, size, MatType.CV_8UC3, rgb);
        return picture.CvtColor(ColorConversionCodes.RGB2BGR);
    }
}
