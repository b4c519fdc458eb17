using System.Runtime.InteropServices;
using Mars.Inference.Frames;
using Mars.Inference.Preprocessing;
using OpenCvSharp;

namespace Mars.Trainer.Data;

/// <summary>Decodes, crops and resizes the frames of a clip. One instance belongs to one thread.</summary>
internal sealed class ClipReader(FrameSet set, FrameCache cache, int clipLength, int size)
{
    private readonly FrameDecoder _decoder = new(new FrameLimits(), size);
    private readonly BilinearResizer _resizer = new();

    /// <summary>Reads one clip.</summary>
    /// <param name="request">Which.</param>
    /// <param name="destination">uint8 [clipLength, size, size, 3], RGB.</param>
    public void Read(ClipRequest request, Span<byte> destination)
    {
        var frameBytes = size * size * 3;
        for (var i = 0; i < clipLength; i++)
        {
            var target = destination.Slice(i * frameBytes, frameBytes);
            var frame = request.Frame(i);
            if (i > 0 && frame == request.Frame(i - 1))
                destination.Slice((i - 1) * frameBytes, frameBytes).CopyTo(target);
            else
                ReadFrame(request, frame, target);
        }
    }

    private void ReadFrame(ClipRequest request, int frame, Span<byte> target)
    {
        var jpeg = cache.Read(set, request.Video, frame);
        if (request.Crop is not { } crop)
        {
            if (_decoder.Decode(jpeg, PixelLayout.Encoded, 0, 0, target) != FrameStatus.Ok)
                throw Broken(request.Video, frame);
            return;
        }
        using var bgr = Cv2.ImDecode(jpeg, ImreadModes.Color);
        if (bgr.Empty())
            throw Broken(request.Video, frame);
        var square = crop.In(bgr.Width, bgr.Height);
        var image = new ImageView(MemoryMarshal.AsBytes(bgr.AsSpan<Vec3b>()), bgr.Width, bgr.Height, bgr.Width * 3, 3);
        _resizer.Resize(image.Crop(square.X, square.Y, square.Width, square.Height), size, size, target);
        Turn(target, size, request.Flip);
    }

    /// <summary>BGR to RGB and, where asked, left to right.</summary>
    internal static void Turn(Span<byte> pixels, int size, bool flip)
    {
        for (var y = 0; y < size; y++)
        {
            var row = pixels.Slice(y * size * 3, size * 3);
            if (flip)
            {
                row.Reverse(); // reversing the bytes of a row mirrors it and swaps red and blue at once
                continue;
            }
            for (var i = 0; i < row.Length; i += 3)
                (row[i], row[i + 2]) = (row[i + 2], row[i]);
        }
    }

    private InvalidDataException Broken(VideoEntry video, int frame) =>
        new($"{set.FramePath(video, frame)} cannot be decoded: remove its folder and run prepare again");
}
