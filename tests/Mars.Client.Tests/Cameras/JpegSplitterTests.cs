using Mars.Client.Cameras;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Cameras;

public sealed class JpegSplitterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1024)]
    [InlineData(1 << 20)]
    public void Take_BytesInPiecesOfAnySize_TheSamePictures(int piece)
    {
        byte[][] pictures = [.. Enumerable.Range(0, 5).Select(i => TestPictures.Jpeg(i * 50, 64 + i, 48))];
        byte[] bytes = [.. pictures.SelectMany(p => (byte[])[.. "--frame\r\nContent-Type: image/jpeg\r\n\r\n"u8, .. p, .. "\r\n"u8])];

        Assert.Equal(pictures, Split(bytes, piece));
    }

    [Fact]
    public void Take_EndMarkerInAThumbnail_IsNotTheEnd()
    {
        var whole = TestPictures.Jpeg(100);
        var thumbnail = TestPictures.Jpeg(200, 16, 16);
        byte[] exif = [0xFF, 0xE1, (byte)((thumbnail.Length + 2) >> 8), (byte)(thumbnail.Length + 2), .. thumbnail];
        byte[] picture = [.. whole[..2], .. exif, .. whole[2..]];

        Assert.Equal([picture], Split(picture, 100));
    }

    [Fact]
    public void Take_NoEndMarker_EndsAtTheBoundaryBeforeTheNext()
    {
        var (one, two) = (TestPictures.Jpeg(100), TestPictures.Jpeg(150));
        byte[] bytes = [.. one[..^2], .. "\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n"u8, .. two];

        Assert.Equal([one, two], Split(bytes, 10));
    }

    [Fact]
    public void Take_NoPicture_IsPassedOverInLittleMemory()
    {
        var splitter = new JpegSplitter();
        for (var i = 0; i < 1000; i++)
        {
            var room = splitter.Room();
            Assert.InRange(room.Length, 1, 1 << 17);
            room.Span.Fill(0xFF); // the beginning of many markers, none of them whole
            splitter.Added(room.Length);
            Assert.False(splitter.TryTake(out _));
        }
        Assert.True(splitter.Skipped > 10 << 20);
    }

    [Fact]
    public void Take_RandomBytesWithPicturesBetween_NeverThrows()
    {
        var random = new Random(1);
        for (var run = 0; run < 200; run++)
        {
            var bytes = new byte[random.Next(1, 4000)];
            random.NextBytes(bytes);
            for (var i = 0; i < bytes.Length; i += 3)
                bytes[i] = 0xFF;
            Split([.. bytes, .. TestPictures.Jpeg(100), .. bytes], random.Next(1, 500));
        }
    }

    private static List<byte[]> Split(byte[] bytes, int piece)
    {
        var splitter = new JpegSplitter();
        var pictures = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var room = splitter.Room();
            var count = Math.Min(Math.Min(piece, room.Length), bytes.Length - at);
            bytes.AsSpan(at, count).CopyTo(room.Span);
            splitter.Added(count);
            at += count;
            while (splitter.TryTake(out var picture))
                pictures.Add(picture.ToArray());
        }
        return pictures;
    }
}
