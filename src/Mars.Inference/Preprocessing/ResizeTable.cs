namespace Mars.Inference.Preprocessing;

/// <summary>
/// The weights with which PIL's BILINEAR makes one output sample from input samples, along one axis (Pillow, src/libImaging/Resample.c,
/// precompute_coeffs): a triangle of half-width max(1, in/out) around the sample's centre, normalised, in fixed point with 22 fractional bits.
/// </summary>
internal sealed class ResizeTable
{
    /// <summary>32 bits less 8 for the pixel and 2 for the sum, as Pillow has it.</summary>
    public const int FractionBits = 22;

    private readonly int[] _weights;

    /// <param name="input">Input samples.</param>
    /// <param name="output">Output samples.</param>
    /// <param name="extent">How many input samples the whole is wide, where that is not quite <paramref name="input"/>: 1081 pixels reduced to a quarter are 271 samples, and 270.25.</param>
    public ResizeTable(int input, int output, double extent)
    {
        var scale = extent / output;
        var filterScale = Math.Max(scale, 1.0);
        var support = filterScale; // the triangle's half-width is 1
        Taps = ((int)Math.Ceiling(support) * 2) + 1;
        First = new int[output];
        Count = new int[output];
        _weights = new int[output * Taps];
        var row = new double[Taps];
        for (var i = 0; i < output; i++)
        {
            var center = (i + 0.5) * scale;
            var first = Math.Max((int)(center - support + 0.5), 0);
            var count = Math.Min((int)(center + support + 0.5), input) - first;
            var sum = 0.0;
            for (var k = 0; k < count; k++)
            {
                row[k] = Math.Max(0, 1 - Math.Abs((k + first - center + 0.5) / filterScale));
                sum += row[k];
            }
            for (var k = 0; k < count; k++)
                _weights[(i * Taps) + k] = (int)Math.Floor((row[k] / sum * (1 << FractionBits)) + 0.5);
            First[i] = first;
            Count[i] = count;
        }
    }

    /// <summary>Room for each output sample in the table.</summary>
    public int Taps { get; }

    /// <summary>First input sample of each output sample.</summary>
    public int[] First { get; }

    /// <summary>How many input samples each output sample needs.</summary>
    public int[] Count { get; }

    /// <summary>The weights of output sample <paramref name="i"/>.</summary>
    public ReadOnlySpan<int> Weights(int i) => _weights.AsSpan(i * Taps, Count[i]);
}
