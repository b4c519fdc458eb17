using static TorchSharp.torch;

namespace Mars.Trainer.Flow;

/// <summary>Bilinear scaling of float pictures as OpenCV's INTER_LINEAR has it: no antialiasing, pixel centres at halves, edges repeated.</summary>
internal static class BilinearScale
{
    /// <param name="pictures">[..., H, W].</param>
    /// <param name="height">Of the result.</param>
    /// <param name="width">Of the result.</param>
    /// <param name="scale">Size of the result over the input's before rounding: OpenCV takes the positions from it.</param>
    public static Tensor Apply(Tensor pictures, long height, long width, double scale)
    {
        using var scope = NewDisposeScope();
        var rows = Weights(pictures.shape[^2], height, scale).to(pictures.device);
        var columns = Weights(pictures.shape[^1], width, scale).to(pictures.device);
        return rows.matmul(pictures).matmul(columns.t()).MoveToOuterDisposeScope();
    }

    // [to, from]: two neighbours a row.
    private static Tensor Weights(long from, long to, double scale)
    {
        var weights = new float[to * from];
        for (var i = 0; i < to; i++)
        {
            var position = Math.Clamp(((i + 0.5) / scale) - 0.5, 0, from - 1);
            var lower = (int)position;
            var part = (float)(position - lower);
            weights[(i * from) + lower] += 1 - part;
            if (part > 0)
                weights[(i * from) + lower + 1] += part;
        }
        return tensor(weights, [to, from]);
    }
}
