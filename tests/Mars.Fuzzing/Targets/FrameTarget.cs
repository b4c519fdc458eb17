using Mars.Inference.Frames;
using OpenCvSharp;

namespace Mars.Fuzzing.Targets;

/// <summary>A frame's bytes, as a picture or as raw pixels of the size that its first bytes say.</summary>
internal sealed class FrameTarget : IFuzzTarget
{
    private const int Side = 112;

    private readonly FrameDecoder _decoder = new(new FrameLimits { MaxPixels = 1 << 22 }, Side);
    private readonly byte[] _slot = new byte[Side * Side * 3];

    public FrameTarget()
    {
        var samples = new List<byte[]>();
        foreach (var (width, height) in new[] { (64, 48), (48, 64), (320, 240), (17, 300) })
        {
            using var picture = new Mat(height, width, MatType.CV_8UC3);
            Cv2.Randu(picture, Scalar.All(0), Scalar.All(255));
            Cv2.GaussianBlur(picture, picture, new Size(0, 0), 3);
            samples.Add(picture.ImEncode(".jpg"));
            samples.Add(picture.ImEncode(".jpg", new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1)));
            samples.Add(picture.ImEncode(".png"));
            samples.Add([(byte)width, (byte)height, .. new byte[width * height % (1 << 12)]]);
        }
        Samples = samples;
    }

    public IReadOnlyList<byte[]> Samples { get; }

    public bool Refuses(byte[] input)
    {
        var raw = input.Length > 2 && input[0] < 128;
        var status = raw
            ? _decoder.Decode(input.AsSpan(2), PixelLayout.Bgr24, input[0], input[1], _slot)
            : _decoder.Decode(input, PixelLayout.Encoded, 0, 0, _slot);
        return status != FrameStatus.Ok;
    }

    public void Dispose()
    {
        // The decoder holds nothing that is not collected.
    }
}
