using System.Numerics.Tensors;
using Mars.Trainer.Export;

namespace Mars.Trainer.Quantization;

/// <summary>How often a map's values have which magnitude, and its least and most value.</summary>
internal sealed class ActivationHistogram
{
    private const int Bins = 2048;
    private const int Levels = 128; // of an 8-bit number on one side of 0, as in the method that Entropy follows

    private readonly long[] _counts = new long[Bins];
    private float _least, _most;

    private float Largest => Math.Max(-_least, _most);

    /// <summary>First over all clips: the bins reach as far as the values do.</summary>
    public void Widen(ReadOnlySpan<float> values)
    {
        _least = Math.Min(_least, TensorPrimitives.Min(values));
        _most = Math.Max(_most, TensorPrimitives.Max(values));
    }

    /// <summary>Then over all clips again.</summary>
    public void Count(ReadOnlySpan<float> values)
    {
        if (Largest == 0)
            return;
        var perUnit = Bins / Largest;
        foreach (var value in values)
            _counts[Math.Min(Bins - 1, (int)(Math.Abs(value) * perUnit))]++;
    }

    /// <summary>The range by one of <see cref="RangeMethods"/>.</summary>
    public ActivationRange Range(string method)
    {
        var limit = method switch
        {
            "max" => Largest,
            "entropy" => Entropy(),
            _ => Percentile(double.Parse(method["percentile ".Length..], System.Globalization.CultureInfo.InvariantCulture)),
        };
        return new ActivationRange(Math.Max(_least, -limit), Math.Min(_most, limit));
    }

    /// <summary>The ways to choose a range: what lies beyond it is cut off, so that the rest has finer steps.</summary>
    public static IReadOnlyList<string> RangeMethods { get; } = ["max", "percentile 99.999", "percentile 99.99", "percentile 99.9", "entropy"];

    // Zeros say nothing of how far values reach, and after a ReLU most are zeros.
    private float Percentile(double percent)
    {
        var beyond = (long)(_counts.Skip(1).Sum() * (1 - (percent / 100)));
        var bin = Bins - 1;
        for (; bin > 1 && beyond >= _counts[bin]; bin--)
            beyond -= _counts[bin];
        return Limit(bin + 1);
    }

    /// <summary>The limit at which the distribution of 128 levels is nearest to the whole one, by Kullback and Leibler (Migacz, "8-bit inference with TensorRT", GTC 2017).</summary>
    private float Entropy()
    {
        var (best, least) = (Bins, double.PositiveInfinity);
        for (var bins = Levels; bins <= Bins; bins += Levels / 8)
        {
            var divergence = Divergence(bins);
            if (divergence < least)
                (best, least) = (bins, divergence);
        }
        return Limit(best);
    }

    private double Divergence(int bins)
    {
        var cut = _counts[..bins].Select(c => (double)c).ToArray();
        cut[0] = 0;
        cut[^1] += _counts[bins..].Sum();
        double total = cut.Sum(), coarseTotal = 0, divergence = 0;
        if (total == 0)
            return double.PositiveInfinity;
        var coarse = new double[bins];
        for (var level = 0; level < Levels; level++)
        {
            var (from, to) = (level * bins / Levels, (level + 1) * bins / Levels);
            var sum = 0.0;
            for (var i = from; i < to; i++)
                sum += i == 0 ? 0 : _counts[i];
            var filled = Enumerable.Range(from, to - from).Count(i => cut[i] > 0);
            for (var i = from; i < to && filled > 0; i++)
                coarse[i] = cut[i] > 0 ? sum / filled : 0;
            coarseTotal += sum;
        }
        for (var i = 0; i < bins; i++)
        {
            if (cut[i] > 0)
                divergence += cut[i] / total * Math.Log(cut[i] / total / Math.Max(coarse[i] / Math.Max(coarseTotal, 1), 1e-12));
        }
        return divergence;
    }

    private float Limit(int bins) => Largest * bins / Bins;
}
