using OpenCvSharp;

namespace Mars.Client.Tests.Support;

/// <summary>JPEG pictures of one grey level each, which tells them apart.</summary>
internal static class TestPictures
{
    public static byte[] Jpeg(int grey, int width = 64, int height = 48)
    {
        using var picture = new Mat(height, width, MatType.CV_8UC3, Scalar.All(grey));
        Cv2.ImEncode(".jpg", picture, out var bytes, new ImageEncodingParam(ImwriteFlags.JpegQuality, 95));
        return bytes;
    }

    /// <summary>The level that <see cref="Jpeg"/> was given, to the nearest ten.</summary>
    public static int Grey(Mat picture) => (int)Math.Round(picture.Mean().Val0 / 10) * 10;
}
