using Mars.Client.Sources;
using Mars.V1;
using OpenCvSharp;

namespace Mars.Client.Tests.Sources;

public sealed class FrameEncoderTests
{
    [Theory]
    [InlineData(1920, 1080, 455, 256)]
    [InlineData(1080, 1920, 256, 455)]
    [InlineData(320, 240, 320, 240)]
    [InlineData(256, 256, 256, 256)]
    public void Encode_Default_ShortSide256Jpeg(int width, int height, int sentWidth, int sentHeight)
    {
        var frame = Encode(width, height, default);

        using var decoded = Mat.ImDecode(frame.Data.ToByteArray());
        Assert.Equal((sentWidth, sentHeight), (decoded.Width, decoded.Height));
        Assert.Equal(PixelFormat.Unspecified, frame.Format);
    }

    [Fact]
    public void Encode_FullSize_NothingIsShrunk()
    {
        using var decoded = Mat.ImDecode(Encode(1280, 720, new FrameEncoding(FullSize: true, Raw: false)).Data.ToByteArray());

        Assert.Equal(720, decoded.Height);
    }

    [Fact]
    public void Encode_Raw_Bgr24WithoutPadding()
    {
        var frame = Encode(33, 21, new FrameEncoding(FullSize: false, Raw: true));

        Assert.Equal((PixelFormat.Bgr24, 33u, 21u, 33 * 21 * 3), (frame.Format, frame.Width, frame.Height, frame.Data.Length));
        Assert.Equal([10, 20, 30], frame.Data.Span[..3].ToArray());
    }

    [Fact]
    public void Encode_SmallFileThatIsAJpegAlready_GoesAsItIs()
    {
        using var source = new SourceFrame { Encoded = [1, 2, 3] };
        using var encoder = new FrameEncoder(default);
        using var pixels = new Mat(100, 100, MatType.CV_8UC3, Scalar.All(0));
        pixels.CopyTo(source.Pixels);

        Assert.Equal([1, 2, 3], encoder.Encode(source).Data.ToByteArray());
    }

    private static Frame Encode(int width, int height, FrameEncoding encoding)
    {
        using var source = new SourceFrame();
        using var encoder = new FrameEncoder(encoding);
        using var pixels = new Mat(height, width, MatType.CV_8UC3, new Scalar(10, 20, 30));
        pixels.CopyTo(source.Pixels);
        return encoder.Encode(source);
    }
}
