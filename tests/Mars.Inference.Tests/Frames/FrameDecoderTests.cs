using System.Buffers.Binary;
using Mars.Inference.Frames;
using OpenCvSharp;

namespace Mars.Inference.Tests.Frames;

public sealed class FrameDecoderTests
{
    private readonly FrameDecoder _decoder = new(new FrameLimits(), 112);
    private readonly byte[] _slot = new byte[112 * 112 * 3];

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    public void Decode_WholePicture_Ok(string format) => Assert.Equal(FrameStatus.Ok, Decode(Picture(format)));

    [Theory]
    [InlineData(".jpg", 0.5)]
    [InlineData(".jpg", 0.99)]
    [InlineData(".png", 0.5)]
    public void Decode_CutOff_Truncated(string format, double part)
    {
        var data = Picture(format);
        Assert.Equal(FrameStatus.Truncated, Decode(data[..(int)(data.Length * part)]));
    }

    [Fact]
    public void Decode_HeaderCutOff_Truncated() => Assert.Equal(FrameStatus.Truncated, Decode(Picture(".jpg")[..20]));

    // Found by ./mars fuzz: OpenCV takes as much memory as a chunk says it is long, 4 GB and 17 seconds for a frame of 3 kB.
    [Theory]
    [InlineData(0xffffffffu)]
    [InlineData(0x7fffffffu)]
    [InlineData(100_000u)]
    public void Decode_PngChunkLongerThanTheFile_Truncated(uint length)
    {
        var data = Picture(".png");
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(33), length); // the chunk after IHDR
        Assert.Equal(FrameStatus.Truncated, Decode(data));
    }

    [Fact]
    public void Decode_Nothing_Empty() => Assert.Equal(FrameStatus.Empty, Decode([]));

    [Fact]
    public void Decode_Text_UnknownFormat() => Assert.Equal(FrameStatus.UnknownFormat, Decode("not a picture"u8.ToArray()));

    [Fact]
    public void Decode_NoiseAfterTheHeader_NotOk()
    {
        var data = new byte[5000];
        new Random(3).NextBytes(data);
        (data[0], data[1]) = (0xFF, 0xD8);
        Assert.NotEqual(FrameStatus.Ok, Decode(data));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(20000, 20000)]
    [InlineData(8193, 100)]
    public void Decode_SizeOutOfBounds_RefusedFromTheHeaderAlone(int width, int height)
    {
        // A PNG that only says how large it is: a decoder would allocate 1.2 GB for the second.
        var data = Picture(".png");
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(20), height);
        Assert.Equal(FrameStatus.BadSize, Decode(data));
    }

    [Fact]
    public void Decode_NegativeSize_BadSize()
    {
        var data = Picture(".png");
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(16), -5);
        Assert.Equal(FrameStatus.BadSize, Decode(data));
    }

    [Theory]
    [InlineData(640, 480, 640 * 480 * 3, FrameStatus.Ok)]
    [InlineData(640, 480, (640 * 480 * 3) - 1, FrameStatus.WrongLength)]
    [InlineData(0, 0, 10, FrameStatus.BadSize)]
    [InlineData(4_000_000_000L, 4_000_000_000L, 10, FrameStatus.BadSize)]
    public void Decode_Raw_ChecksItsSize(long width, long height, int length, FrameStatus expected) =>
        Assert.Equal(expected, _decoder.Decode(new byte[length], PixelLayout.Rgb24, width, height, _slot));

    [Fact]
    public void Decode_RgbAndBgr_DifferByTheOrderAlone()
    {
        var pixels = new byte[160 * 120 * 3];
        new Random(4).NextBytes(pixels);
        var other = new byte[_slot.Length];
        _decoder.Decode(pixels, PixelLayout.Rgb24, 160, 120, _slot);
        _decoder.Decode(pixels, PixelLayout.Bgr24, 160, 120, other);
        Assert.Equal((_slot[0], _slot[1], _slot[2]), (other[2], other[1], other[0]));
        Assert.NotEqual(_slot, other);
    }

    private static byte[] Picture(string format)
    {
        using var picture = new Mat(120, 160, MatType.CV_8UC3);
        Cv2.Randu(picture, Scalar.All(0), Scalar.All(255));
        return picture.ImEncode(format);
    }

    private FrameStatus Decode(byte[] data) => _decoder.Decode(data, PixelLayout.Encoded, 0, 0, _slot);
}
