using Mars.Trainer.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Flow;

/// <summary>
/// Dual TV-L1 optical flow (Zach, Pock and Bischof 2007; Sanchez, Meinhardt-Llopis and Facciolo, IPOL 2013) with the parameters and the arithmetic of OpenCV's
/// DualTVL1OpticalFlow, for many pairs of pictures at once, on the CPU or on CUDA.
/// </summary>
internal static class TvL1
{
    private const double ScaleStep = 0.8;
    private const int Scales = 5, SmallestSide = 16;

    // Pairs are independent. On a CPU as many are worked on at once as leave the dozen maps of an iteration in the cache.
    private const int PixelsAtOnce = 1 << 15;

    /// <summary>The motion from each first picture to its second one.</summary>
    /// <param name="first">Grey, 0 to 255, [N, height, width].</param>
    /// <param name="second">The same shape.</param>
    /// <returns>float [N, 2, height, width]: pixels to the right and down.</returns>
    public static Tensor Compute(Tensor first, Tensor second)
    {
        using var frozen = inference_mode();
        using var scope = NewDisposeScope();
        var firsts = Pyramid(first);
        var seconds = Pyramid(second);
        var flow = zeros([first.shape[0], 2, .. firsts[^1].shape[1..]], device: first.device);
        for (var scale = firsts.Count - 1; ; scale--)
        {
            var (height, width) = (firsts[scale].shape[1], firsts[scale].shape[2]);
            var portion = first.device_type == DeviceType.CPU ? Math.Max(1, PixelsAtOnce / (height * width)) : first.shape[0];
            for (long from = 0; from < first.shape[0]; from += portion)
            {
                var count = Math.Min(portion, first.shape[0] - from);
                using var level = NewDisposeScope();
                var part = flow.narrow(0, from, count);
                part.copy_(TvL1Level.Solve(firsts[scale].narrow(0, from, count), seconds[scale].narrow(0, from, count), part));
            }
            if (scale == 0)
                return flow.MoveToOuterDisposeScope();
            flow = BilinearScale.Apply(flow, firsts[scale - 1].shape[1], firsts[scale - 1].shape[2], 1 / ScaleStep).TimesInPlace(1 / ScaleStep);
        }
    }

    private static List<Tensor> Pyramid(Tensor pictures)
    {
        var levels = new List<Tensor> { pictures.to(ScalarType.Float32) };
        while (levels.Count < Scales)
        {
            var (height, width) = ((long)Math.Round(levels[^1].shape[1] * ScaleStep), (long)Math.Round(levels[^1].shape[2] * ScaleStep));
            if (Math.Min(height, width) < SmallestSide)
                break;
            levels.Add(BilinearScale.Apply(levels[^1], height, width, ScaleStep));
        }
        return levels;
    }
}
