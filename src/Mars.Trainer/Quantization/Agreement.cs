namespace Mars.Trainer.Quantization;

/// <summary>How near the answers of two graphs are, clip by clip.</summary>
/// <param name="Same">Part of the clips whose highest class is the same.</param>
/// <param name="Distance">Root of the mean squared difference of the logits over that of the logits themselves.</param>
internal sealed record Agreement(double Same, double Distance)
{
    public static Agreement Of(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual)
    {
        double same = 0, difference = 0, size = 0;
        foreach (var (e, a) in expected.Zip(actual))
        {
            if (Array.IndexOf(e, e.Max()) == Array.IndexOf(a, a.Max()))
                same++;
            difference += e.Zip(a).Sum(x => Math.Pow(x.First - (double)x.Second, 2));
            size += e.Sum(x => Math.Pow(x, 2));
        }
        return new Agreement(same / Math.Max(1, expected.Count), Math.Sqrt(difference / Math.Max(size, 1e-30)));
    }
}
