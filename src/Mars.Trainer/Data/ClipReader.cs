using System.Runtime.InteropServices;
using Mars.Inference.Preprocessing;
using OpenCvSharp;

namespace Mars.Trainer.Data;

/// <summary>Decodes, crops and resizes the frames of a clip, pictures and flow alike. One instance belongs to one thread.</summary>
internal sealed class ClipReader(FrameSet set, FrameCache cache, int clipLength, int size)
{
    // No motion, as the flow of a picture to itself is stored.
    private const byte Still = 127;

    private readonly FramePreprocessor _preprocessor = new(size);
    private readonly BilinearResizer _resizer = new();
    private byte[] _interleaved = [];

    /// <summary>Reads one clip.</summary>
    /// <param name="request">Which.</param>
    /// <param name="rgb">uint8 [clipLength, size, size, 3], RGB; empty if it is not wanted.</param>
    /// <param name="flow">uint8 [clipLength, size, size, 2]; empty if it is not wanted.</param>
    public void Read(ClipRequest request, Span<byte> rgb, Span<byte> flow)
    {
        if (!rgb.IsEmpty)
            ReadFrames(request, 3, rgb);
        if (!flow.IsEmpty && request.Static)
            flow.Fill(Still);
        else if (!flow.IsEmpty)
            ReadFrames(request, 2, flow);
    }

    private void ReadFrames(ClipRequest request, int channels, Span<byte> destination)
    {
        var frameBytes = size * size * channels;
        for (var i = 0; i < clipLength; i++)
        {
            var target = destination.Slice(i * frameBytes, frameBytes);
            var frame = request.Frame(i, clipLength);
            if (i > 0 && frame == request.Frame(i - 1, clipLength))
                destination.Slice((i - 1) * frameBytes, frameBytes).CopyTo(target);
            else if (channels == 3)
                ReadRgb(request, frame, target);
            else
                ReadFlow(request, frame, target);
        }
    }

    private void ReadRgb(ClipRequest request, int frame, Span<byte> target)
    {
        using var bgr = Decode(request.Video, FrameSet.FrameName(frame), ImreadModes.Color);
        var image = new ImageView(MemoryMarshal.AsBytes(bgr.AsSpan<Vec3b>()), bgr.Width, bgr.Height, bgr.Width * 3, 3);
        Resize(request, image, target);
        for (var y = 0; y < size; y++)
        {
            var row = target.Slice(y * size * 3, size * 3);
            if (request.Flip)
            {
                row.Reverse(); // reversing the bytes of a row mirrors it and swaps red and blue at once
                continue;
            }
            for (var i = 0; i < row.Length; i += 3)
                (row[i], row[i + 2]) = (row[i + 2], row[i]);
        }
    }

    private void ReadFlow(ClipRequest request, int frame, Span<byte> target)
    {
        using var x = Decode(request.Video, FrameSet.FlowName('x', frame), ImreadModes.Grayscale);
        using var y = Decode(request.Video, FrameSet.FlowName('y', frame), ImreadModes.Grayscale);
        if (x.Size() != y.Size())
            throw Broken(request.Video, FrameSet.FlowName('y', frame));
        var pixels = x.Width * x.Height;
        if (_interleaved.Length < pixels * 2)
            _interleaved = new byte[pixels * 2];
        var right = x.AsSpan<byte>();
        var down = y.AsSpan<byte>();
        for (var i = 0; i < pixels; i++)
            (_interleaved[2 * i], _interleaved[(2 * i) + 1]) = (right[i], down[i]);
        Resize(request, new ImageView(_interleaved.AsSpan(0, pixels * 2), x.Width, x.Height, x.Width * 2, 2), target);
        if (request.Flip)
            Mirror(target);
    }

    // A mirrored motion goes the other way too.
    private void Mirror(Span<byte> flow)
    {
        for (var y = 0; y < size; y++)
        {
            var row = MemoryMarshal.Cast<byte, (byte Right, byte Down)>(flow.Slice(y * size * 2, size * 2));
            row.Reverse();
            foreach (ref var motion in row)
                motion.Right = (byte)(255 - motion.Right);
        }
    }

    private void Resize(ClipRequest request, ImageView image, Span<byte> target)
    {
        if (request.Crop is not { } crop)
        {
            _preprocessor.Process(image, swapRedBlue: false, target);
            return;
        }
        var square = crop.In(image.Width, image.Height);
        _resizer.Resize(image.Crop(square.X, square.Y, square.Width, square.Height), size, size, target);
    }

    private Mat Decode(VideoEntry video, string name, ImreadModes mode)
    {
        var path = set.PathOf(video, name);
        if (!File.Exists(path) && mode == ImreadModes.Grayscale)
            throw new FileNotFoundException($"{path} does not exist: flow is needed here, run prepare again without --only-rgb");
        var picture = Cv2.ImDecode(cache.Read(path), mode);
        if (!picture.Empty())
            return picture;
        picture.Dispose();
        throw Broken(video, name);
    }

    private InvalidDataException Broken(VideoEntry video, string name) =>
        new($"{set.PathOf(video, name)} cannot be decoded: remove its folder and run prepare again");
}
