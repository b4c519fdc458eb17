using Mars.Trainer.Tensors;
using static TorchSharp.torch;

namespace Mars.Trainer.Flow;

/// <summary>Takes pictures at moved places: bicubic (a = -0.75), zero beyond the edges, places to a 32nd of a pixel, as OpenCV's remap does.</summary>
internal static class CubicWarp
{
    private const double Subpixels = 32;

    // TorchSharp's grid_sample has no bicubic mode; libtorch has (interpolation 2, padding 0 is zeros, corners aligned).
    private static readonly jit.CompilationUnit Script = jit.compile("def sample(pictures, grid):\n    return torch.grid_sampler(pictures, grid, 2, 0, True)\n");

    /// <param name="pictures">float [N, C, H, W].</param>
    /// <param name="flow">float [N, 2, H, W]: how far to the right and down of each pixel to look.</param>
    public static Tensor Apply(Tensor pictures, Tensor flow)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (pictures.shape[2], pictures.shape[3]);
        var x = Places(flow.select(1, 0).Plus(Numbers.Counting(width, flow.device)), width);
        var y = Places(flow.select(1, 1).Plus(Numbers.Counting(height, flow.device).unsqueeze(1)), height);
        var warped = (Tensor)Script.invoke("sample", pictures, stack([x, y], 3));
        return warped.MoveToOuterDisposeScope();
    }

    // -1 and 1 are the first and the last pixel.
    private static Tensor Places(Tensor pixels, long length) => pixels.TimesInPlace(Subpixels).round_().TimesInPlace(2 / (Subpixels * (length - 1))).PlusInPlace(-1);
}
