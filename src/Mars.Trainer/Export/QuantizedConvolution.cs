using System.Numerics.Tensors;

namespace Mars.Trainer.Export;

/// <summary>A convolution in 8-bit weights with a scale for each output row, and biases in the units of input and weight.</summary>
/// <param name="Weight">[rows, columns, kernel...].</param>
/// <param name="Shape">Of it.</param>
/// <param name="Scales">Of the rows.</param>
/// <param name="Bias">Of the rows.</param>
internal sealed record QuantizedConvolution(sbyte[] Weight, long[] Shape, float[] Scales, int[] Bias)
{
    // Without VNNI a CPU adds pairs of products of a byte and a weight in 16 bits: 2 * 255 * 64 just fits, so that the same package gives the same answer everywhere.
    private const int LargestWeight = 64;

    /// <summary>Rounds weights.</summary>
    /// <param name="folded">In floats.</param>
    /// <param name="of">Its input.</param>
    /// <param name="mean">Taken from the bias, as what lies around a clip has its colour; by column, over and over.</param>
    /// <param name="seen">The columns that the input has, where the others lie beyond the clip's ends; null is all.</param>
    public static QuantizedConvolution Round(FoldedConvolution folded, Quantization of, float[]? mean, (int First, int Count)? seen)
    {
        var rows = (int)folded.Shape[0];
        var columns = folded.Weight.Length / rows;
        var pixels = columns / (int)folded.Shape[1];
        var (first, count) = seen ?? (0, (int)folded.Shape[1]);
        var weight = new sbyte[rows * count * pixels];
        var scales = new float[rows];
        var bias = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            var values = folded.Weight.AsSpan(row * columns, columns);
            var largest = TensorPrimitives.MaxMagnitude(values);
            var scale = scales[row] = largest == 0 ? 1 : MathF.Abs(largest) / LargestWeight;
            var atMean = 0.0;
            for (var i = 0; i < columns; i++)
            {
                var rounded = (sbyte)MathF.Round(values[i] / scale);
                var colour = mean is null ? 0 : mean[i / pixels % mean.Length];
                atMean += rounded * (double)colour;
                if (i / pixels - first is >= 0 and var column && column < count)
                    weight[(row * count * pixels) + i - (first * pixels)] = rounded;
                else
                    atMean -= rounded * (double)MathF.Round(colour); // what lies around the clip
            }
            bias[row] = (int)Math.Clamp(Math.Round((folded.Bias[row] / ((double)of.Scale * scale)) - atMean), int.MinValue / 2, int.MaxValue / 2);
        }
        return new QuantizedConvolution(weight, [rows, count, .. folded.Shape[2..]], scales, bias);
    }

    /// <summary>Adds it to a graph, channels last.</summary>
    /// <returns>Name of the result.</returns>
    public string Write(GraphBuilder graph, string name, string input, Quantization of, int groups, int[] strides, int padding, Quantization result)
    {
        var (rows, kernel) = (Scales.Length, Shape[2..].Select(n => (int)n).ToArray());
        return graph.RuntimeNode(
            "QLinearConv",
            [
                input, .. of.Constants(graph),
                graph.Constant<sbyte>($"{name}.weight", Weight, Shape), graph.Constant<float>($"{name}.scale", Scales, rows), graph.Constant<sbyte>($"{name}.zero", new sbyte[rows], rows),
                .. result.Constants(graph), graph.Constant<int>($"{name}.bias", Bias, rows),
            ],
            null,
            ("kernel_shape", kernel), ("strides", strides), ("pads", Enumerable.Repeat(padding, kernel.Length * 2).ToArray()), ("group", groups), ("channels_last", 1));
    }
}

/// <summary>What the bytes of a map mean: (byte - zero) * scale.</summary>
/// <param name="Scale">Of a step.</param>
/// <param name="Zero">The byte that is 0.</param>
internal readonly record struct Quantization(float Scale, byte Zero)
{
    /// <summary>Steps from the least value to the most.</summary>
    public const int Levels = 255;

    public static Quantization Of(ActivationRange range, bool relu)
    {
        var (least, most) = relu ? (0, range.Most) : (Math.Min(range.Least, 0), Math.Max(range.Most, 0));
        var scale = Math.Max(most - least, 1e-6f) / Levels;
        return new Quantization(scale, (byte)Math.Clamp(MathF.Round(-least / scale), 0, Levels));
    }

    /// <summary>Scale and zero as values of a graph, as integer operations take them.</summary>
    public string[] Constants(GraphBuilder graph) => [graph.Number(Scale), graph.Number(Zero)];
}

/// <summary>The values that a map takes, from the least to the most.</summary>
internal readonly record struct ActivationRange(float Least, float Most);
