using Mars.Trainer.Data;
using OpenCvSharp;

namespace Mars.Trainer.Tests.Data;

public sealed class ClipReaderTests : IDisposable
{
    private const int Size = 32;
    private const int FrameBytes = Size * Size * 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AVideoShorterThanAClip_Loops()
    {
        // Brightness tells the frames apart: 20, 60, 100, ...
        var set = Video(5, (picture, i) => picture.SetTo(Scalar.All(20 + (40 * i))));
        var clip = Read(set, new ClipRequest(set.Videos[0], 3, null, false));
        for (var i = 0; i < 16; i++)
            Assert.Equal(20 + (40 * ((3 + i) % 5)), clip[i * FrameBytes], 2.0);
    }

    [Fact]
    public void Read_FlippedCrop_IsTheMirrorImageInTheSameColours()
    {
        // Left half red, right half blue.
        var set = Video(2, (picture, _) =>
        {
            picture.SetTo(new Scalar(230, 20, 20));
            picture[new Rect(0, 0, picture.Width / 2, picture.Height)].SetTo(new Scalar(20, 20, 230));
        });
        var plain = Read(set, new ClipRequest(set.Videos[0], 0, new CornerCrop(0, 0), false));
        var mirrored = Read(set, new ClipRequest(set.Videos[0], 0, new CornerCrop(0, 0), true));
        Assert.True(plain[0] > 180 && plain[2] < 80, "the left is red");
        Assert.True(mirrored[0] < 80 && mirrored[2] > 180, "mirrored it is blue");
        for (var x = 0; x < Size; x++)
        {
            for (var c = 0; c < 3; c++)
                Assert.Equal(plain[(x * 3) + c], mirrored[((Size - 1 - x) * 3) + c]);
        }
    }

    [Fact]
    public void Read_ACornerCrop_ShowsThatCornerOnly()
    {
        // One white quarter: bottom right.
        var set = Video(1, (picture, _) =>
        {
            picture.SetTo(Scalar.Black);
            picture[new Rect(picture.Width / 2, picture.Height / 2, picture.Width / 2, picture.Height / 2)].SetTo(Scalar.White);
        });
        Assert.True(Mean(new CornerCrop(4, 4)) > 245);
        Assert.True(Mean(new CornerCrop(4, 1)) < 10);

        double Mean(CornerCrop crop) => Read(set, new ClipRequest(set.Videos[0], 0, crop, false)).Average(b => (double)b);
    }

    [Fact]
    public void Read_ABrokenFrame_NamesTheFile()
    {
        var set = Video(1, (picture, _) => picture.SetTo(Scalar.White));
        File.WriteAllBytes(set.PathOf(set.Videos[0], FrameSet.FrameName(0)), [1, 2, 3]);
        var error = Assert.Throws<InvalidDataException>(() => Read(set, new ClipRequest(set.Videos[0], 0, new CornerCrop(0, 0), false)));
        Assert.Contains("00001.jpg", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FlippedFlow_IsMirroredAndItsRightIsLeft()
    {
        var set = Video(2, (picture, _) => picture.SetTo(Scalar.White));
        // The left half moves right, everything moves down a little.
        using (var x = new Mat(64, 64, MatType.CV_8UC1, new Scalar(127)))
        using (var y = new Mat(64, 64, MatType.CV_8UC1, new Scalar(140)))
        {
            x[new Rect(0, 0, 32, 64)].SetTo(new Scalar(200));
            Cv2.ImWrite(_folder.File($"a/v/{FrameSet.FlowName('x', 0)}"), x);
            Cv2.ImWrite(_folder.File($"a/v/{FrameSet.FlowName('y', 0)}"), y);
        }
        var video = set.ForFlow().Videos[0];
        Assert.Equal(1, video.Frames);
        var plain = ReadFlow(new ClipRequest(video, 0, new CornerCrop(0, 0), false));
        var mirrored = ReadFlow(new ClipRequest(video, 0, new CornerCrop(0, 0), true));
        Assert.Equal((200.0, 140.0, 127.0), (plain[0], plain[1], plain[2 * (Size - 1)]));
        Assert.Equal((128.0, 140.0, 55.0), (mirrored[0], mirrored[1], mirrored[2 * (Size - 1)]));
        Assert.All(ReadFlow(new ClipRequest(video, 0, null, false, Static: true)), b => Assert.Equal(127, b));

        byte[] ReadFlow(ClipRequest request)
        {
            var clip = new byte[16 * Size * Size * 2];
            new ClipReader(set, new FrameCache(1 << 20), 16, Size).Read(request, [], clip);
            return clip;
        }
    }

    [Fact]
    public void Read_FlowThatWasNotPrepared_SaysWhatToDo()
    {
        var set = Video(2, (picture, _) => picture.SetTo(Scalar.White));
        var error = Assert.Throws<FileNotFoundException>(() => new ClipReader(set, new FrameCache(0), 16, Size).Read(new ClipRequest(set.Videos[0], 0, null, false), [], new byte[16 * Size * Size * 2]));
        Assert.Contains("--only-rgb", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AStaticClip_RepeatsItsMiddleFrame()
    {
        var set = Video(20, (picture, i) => picture.SetTo(Scalar.All(10 * i)));
        var clip = Read(set, new ClipRequest(set.Videos[0], 2, null, false, Static: true));
        for (var i = 0; i < 16; i++)
            Assert.Equal(100, clip[i * FrameBytes], 2.0);
    }

    private FrameSet Video(int frames, Action<Mat, int> draw)
    {
        var video = new VideoEntry("a/v", "a", "", null, frames);
        Directory.CreateDirectory(_folder.File("a/v"));
        for (var i = 0; i < frames; i++)
        {
            using var picture = new Mat(64, 64, MatType.CV_8UC3);
            draw(picture, i);
            Cv2.ImWrite(Path.Combine(_folder.File("a/v"), FrameSet.FrameName(i)), picture, new ImageEncodingParam(ImwriteFlags.JpegQuality, 100));
        }
        return new FrameSet(_folder.Path, ["a"], [video]);
    }

    private static byte[] Read(FrameSet set, ClipRequest request)
    {
        var clip = new byte[16 * FrameBytes];
        new ClipReader(set, new FrameCache(1 << 20), 16, Size).Read(request, clip, []);
        return clip;
    }
}
