using Mars.Trainer.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mars.Trainer.Export;

/// <summary>A convolution and the batch norm after it as one convolution with a bias, as they compute in evaluation mode.</summary>
/// <param name="Weight">[outputs, inputs / groups, time, height, width], flat.</param>
/// <param name="Shape">Of <paramref name="Weight"/>.</param>
/// <param name="Bias">[outputs].</param>
internal sealed record FoldedConvolution(float[] Weight, long[] Shape, float[] Bias)
{
    /// <summary>weight * g and beta - mean * g, with g = gamma / sqrt(variance + epsilon), in double precision.</summary>
    public static FoldedConvolution From(Conv3d convolution, BatchNorm3d norm)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var weight = convolution.weight!.cpu().to(ScalarType.Float64);
        var gain = Double(norm.weight!) / Double(norm.running_var!).Plus(norm.eps).sqrt();
        var bias = Double(norm.bias!) - (Double(norm.running_mean!) * gain);
        var folded = weight * gain.reshape(-1, 1, 1, 1, 1);
        return new FoldedConvolution(Values(folded), folded.shape, Values(bias));
    }

    /// <summary>Shortcut A: each channel as it is, and channels of zeros after them.</summary>
    public static FoldedConvolution Identity(int inputs, int outputs)
    {
        var weight = new float[outputs * inputs];
        for (var i = 0; i < inputs; i++)
            weight[(i * inputs) + i] = 1;
        return new FoldedConvolution(weight, [outputs, inputs, 1, 1, 1], new float[outputs]);
    }

    private static Tensor Double(Tensor tensor) => tensor.cpu().to(ScalarType.Float64);

    private static float[] Values(Tensor tensor) => tensor.to(ScalarType.Float32).contiguous().data<float>().ToArray();
}
