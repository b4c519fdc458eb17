using Mars.Inference.Frames;
using Mars.Inference.Preprocessing;
using Mars.TestSupport;
using OpenCvSharp;

namespace Mars.Inference.Tests.Preprocessing;

public sealed class FramePreprocessorTests
{
    [Theory]
    [InlineData("camera_1920x1080.jpg", "camera_1920x1080_rgb_112x112x3_u8.bin")]
    [InlineData("portrait_256x340.png", "portrait_256x340_rgb_112x112x3_u8.bin")]
    public void Decode_OraclePicture_WithinOneGreyLevelOfPil(string picture, string expected) =>
        AssertClose(File.ReadAllBytes(SharedData.Oracle(expected)), Decode(SharedData.Oracle(picture)));

    [Fact]
    public void Decode_OracleClip_WithinOneGreyLevelOfPil()
    {
        var expected = File.ReadAllBytes(SharedData.Oracle("clip_rgb_16x112x112x3_u8.bin"));
        for (var i = 0; i < 16; i++)
            AssertClose(expected.AsSpan(i * 37632, 37632), Decode(SharedData.Oracle($"clip_frame_{i + 1:00}.png")));
    }

    [Fact]
    public void Process_PictureOfOneColour_StaysThatColour()
    {
        var pixels = new byte[640 * 480 * 3];
        for (var i = 0; i < pixels.Length; i += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (10, 130, 250);
        var result = new byte[112 * 112 * 3];
        new FramePreprocessor().Process(new ImageView(pixels, 640, 480, 640 * 3, 3), swapRedBlue: true, result);
        Assert.Equal([250, 130, 10], result[..3]);
        Assert.Equal([250, 130, 10], result[^3..]);
    }

    [Fact]
    public void Resize_ToTheSameSize_ChangesNothing()
    {
        var pixels = new byte[112 * 112 * 3];
        new Random(1).NextBytes(pixels);
        var result = new byte[pixels.Length];
        new BilinearResizer().Resize(new ImageView(pixels, 112, 112, 336, 3), 112, 112, result);
        Assert.Equal(pixels, result);
    }

    // By hand from Pillow's formula: 4 samples to 2, half-width 2: outputs weigh (3,3,1) and (1,3,3) of 7... of the samples inside the row.
    [Fact]
    public void Resize_FourSamplesToTwo_WeighsAsTheTriangleDoes()
    {
        var result = new byte[2];
        new BilinearResizer().Resize(new ImageView([0, 70, 140, 210], 4, 1, 4, 1), 2, 1, result);
        Assert.Equal([(byte)Math.Round(((0 * 3) + (70 * 3) + (140 * 1)) / 7.0), (byte)Math.Round(((70 * 1) + (140 * 3) + (210 * 3)) / 7.0)], result);
    }

    // Pillow's formula once more, pixel by pixel: the resizer takes four or sixteen at a time, and its ends are where that goes wrong.
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(2, 3, 3)]
    [InlineData(37, 5, 7)]
    [InlineData(320, 241, 112)]
    [InlineData(113, 900, 16)]
    public void Resize_AnySize_EqualsPillowsFormula(int width, int height, int size)
    {
        var pixels = new byte[width * height * 3];
        new Random(width).NextBytes(pixels);
        var (outWidth, outHeight) = (size + 2, size);
        var result = new byte[outWidth * outHeight * 3];
        new BilinearResizer().Resize(new ImageView(pixels, width, height, width * 3, 3), outWidth, outHeight, result);

        var (across, down) = (new ResizeTable(width, outWidth, width), new ResizeTable(height, outHeight, height));
        var rows = new byte[outWidth * height * 3];
        for (var i = 0; i < rows.Length; i++)
        {
            var (y, x, c) = (i / 3 / outWidth, i / 3 % outWidth, i % 3);
            rows[i] = Weigh(across, x, k => pixels[(((y * width) + k) * 3) + c]);
        }
        var expected = new byte[result.Length];
        for (var i = 0; i < expected.Length; i++)
        {
            var (y, x) = (i / 3 / outWidth, i % (outWidth * 3));
            expected[i] = Weigh(down, y, k => rows[(k * outWidth * 3) + x]);
        }
        Assert.Equal(expected, result);
    }

    [Fact]
    public void Decode_LargePicturesReduced_WithinOneAndAHalfGreyLevelsOfDecodingInFull()
    {
        foreach (var file in Directory.GetFiles(SharedData.Video("clips"), "*.*"))
        {
            using var video = new VideoCapture(file);
            using var frame = new Mat();
            for (var i = 0; i < 3 && video.Read(frame); i++)
                AssertReducedIsNear(frame, Path.GetFileName(file));
        }
    }

    [Theory]
    [InlineData(400, 337)] // just twice, with an odd pixel
    [InlineData(1280, 720)]
    [InlineData(1920, 1080)]
    [InlineData(1081, 1919)]
    public void Decode_AMadePictureReduced_WithinOneAndAHalfGreyLevelsOfDecodingInFull(int width, int height)
    {
        Cv2.SetTheRNG(1);
        // Noise of all sizes, the finer the fainter, as in photographs.
        using var picture = new Mat(height, width, MatType.CV_32FC3, Scalar.All(110));
        for (var scale = 1; scale <= 256; scale *= 2)
        {
            using var noise = new Mat((height / scale) + 1, (width / scale) + 1, MatType.CV_32FC3);
            using var wide = new Mat();
            Cv2.Randn(noise, Scalar.All(0), Scalar.All(2 * Math.Sqrt(scale)));
            Cv2.Resize(noise, wide, picture.Size(), 0, 0, InterpolationFlags.Cubic);
            Cv2.Add(picture, wide, picture);
        }
        using var bytes = new Mat();
        picture.ConvertTo(bytes, MatType.CV_8UC3);
        AssertReducedIsNear(bytes, $"{width}x{height}");
    }

    [Fact]
    public void Decode_Jpegs_AllocatesNothing()
    {
        using var picture = new Mat(720, 1280, MatType.CV_8UC3, Scalar.All(90));
        var jpeg = picture.ImEncode(".jpg");
        var decoder = new FrameDecoder(new FrameLimits(), 112);
        var result = new byte[112 * 112 * 3];
        for (var i = 0; i < 40; i++)
            decoder.Decode(jpeg, PixelLayout.Encoded, 0, 0, result);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            decoder.Decode(jpeg, PixelLayout.Encoded, 0, 0, result);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Resize_WindowOfTheResult_EqualsThatPartOfTheWhole()
    {
        var pixels = new byte[200 * 90 * 3];
        new Random(2).NextBytes(pixels);
        var view = new ImageView(pixels, 200, 90, 600, 3);
        var whole = new byte[120 * 54 * 3];
        var part = new byte[50 * 20 * 3];
        var resizer = new BilinearResizer();
        resizer.Resize(view, 120, 54, whole);
        resizer.Resize(view, 120, 54, new System.Drawing.Rectangle(30, 7, 50, 20), part);
        for (var y = 0; y < 20; y++)
            Assert.Equal(whole.AsSpan((((y + 7) * 120) + 30) * 3, 150).ToArray(), part.AsSpan(y * 150, 150).ToArray());
    }

    private static byte[] Decode(string path)
    {
        var result = new byte[112 * 112 * 3];
        Assert.Equal(FrameStatus.Ok, new FrameDecoder(new FrameLimits(), 112, leastOversampling: double.PositiveInfinity).Decode(File.ReadAllBytes(path), PixelLayout.Encoded, 0, 0, result));
        return result;
    }

    private static byte Weigh(ResizeTable table, int at, Func<int, byte> sample)
    {
        var sum = 1L << (ResizeTable.FractionBits - 1);
        for (var k = 0; k < table.Count[at]; k++)
            sum += sample(table.First[at] + k) * (long)table.Weights(at)[k];
        return (byte)Math.Clamp(sum >> ResizeTable.FractionBits, 0, 255);
    }

    private static void AssertReducedIsNear(Mat picture, string name)
    {
        var jpeg = picture.ImEncode(".jpg");
        byte[] reduced = new byte[112 * 112 * 3], full = new byte[reduced.Length];
        Assert.Equal(FrameStatus.Ok, new FrameDecoder(new FrameLimits(), 112).Decode(jpeg, PixelLayout.Encoded, 0, 0, reduced));
        Assert.Equal(FrameStatus.Ok, new FrameDecoder(new FrameLimits(), 112, double.PositiveInfinity).Decode(jpeg, PixelLayout.Encoded, 0, 0, full));
        var mean = reduced.Zip(full).Average(p => Math.Abs(p.First - p.Second));
        Assert.True(mean < 1.5, $"{name}: {mean:F2} grey levels");
    }

    private static void AssertClose(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        var worst = 0;
        for (var i = 0; i < expected.Length; i++)
            worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]));
        Assert.InRange(worst, 0, 1);
    }
}
