using Mars.Trainer.Flow;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Data;

/// <summary>Computes the flow between the extracted frames of a video and writes it beside them.</summary>
internal static class FlowExtractor
{
    // Bounds the memory; on a GPU one portion is a long clip.
    private const int PairsAtOnce = 64;

    /// <summary>Whether the flow of a video has been written wholly: the last file comes last.</summary>
    public static bool IsDone(string folder, int frames) => frames < 2 || File.Exists(Path.Combine(folder, FrameSet.FlowName('y', frames - 2)));

    /// <param name="folder">Of one video.</param>
    /// <param name="frames">How many it holds.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="cancellation">Stops between portions.</param>
    public static void Extract(string folder, int frames, Device device, CancellationToken cancellation)
    {
        for (var from = 0; from < frames - 1; from += PairsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(PairsAtOnce, frames - 1 - from);
            using var scope = NewDisposeScope();
            var grey = Read(folder, from, count + 1).to(device);
            var flow = FlowCoding.Encode(TvL1.Compute(grey.narrow(0, 0, count), grey.narrow(0, 1, count))).cpu().contiguous();
            var (height, width) = ((int)flow.shape[2], (int)flow.shape[3]);
            var bytes = flow.data<byte>().ToArray();
            for (var i = 0; i < count; i++)
            {
                for (var axis = 0; axis < 2; axis++)
                    Write(Path.Combine(folder, FrameSet.FlowName("xy"[axis], from + i)), bytes.AsSpan(((i * 2) + axis) * height * width, height * width), height, width);
            }
        }
    }

    private static Tensor Read(string folder, int from, int count)
    {
        byte[] pixels = [];
        OpenCvSharp.Size size = default;
        for (var i = 0; i < count; i++)
        {
            using var frame = Cv2.ImRead(Path.Combine(folder, FrameSet.FrameName(from + i)), ImreadModes.Grayscale);
            if (i == 0)
                (size, pixels) = (frame.Size(), new byte[count * frame.Width * frame.Height]);
            if (frame.Empty() || frame.Size() != size)
                throw new InvalidDataException($"frame {from + i + 1} cannot be decoded, or is of another size than the one before");
            frame.AsSpan<byte>().CopyTo(pixels.AsSpan(i * size.Width * size.Height));
        }
        return tensor(pixels, [count, size.Height, size.Width]);
    }

    private static void Write(string path, ReadOnlySpan<byte> pixels, int height, int width)
    {
        using var picture = new Mat(height, width, MatType.CV_8UC1);
        pixels.CopyTo(picture.AsSpan<byte>());
        Cv2.ImEncode(".jpg", picture, out var jpeg, new ImageEncodingParam(ImwriteFlags.JpegQuality, FrameExtractor.JpegQuality));
        File.WriteAllBytes(path, jpeg);
    }
}
