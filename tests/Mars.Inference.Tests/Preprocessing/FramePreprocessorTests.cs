using Mars.Inference.Frames;
using Mars.Inference.Preprocessing;
using Mars.TestSupport;

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
        Assert.Equal(FrameStatus.Ok, new FrameDecoder(new FrameLimits()).Decode(File.ReadAllBytes(path), PixelLayout.Encoded, 0, 0, result));
        return result;
    }

    private static void AssertClose(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        var worst = 0;
        for (var i = 0; i < expected.Length; i++)
            worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]));
        Assert.InRange(worst, 0, 1);
    }
}
