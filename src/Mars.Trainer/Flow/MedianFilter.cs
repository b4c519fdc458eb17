using static TorchSharp.torch;

namespace Mars.Trainer.Flow;

/// <summary>
/// The median of 5x5 pixels, edges repeated, by a fixed network of minima and maxima, so that it is the same few operations on whole pictures anywhere. The five
/// pixels of a column are sorted once for the five windows they are in; then only 13 of 25 can still be the median.
/// </summary>
internal static class MedianFilter
{
    private const int Side = 5, Reach = Side / 2, Middle = Side * Side / 2;

    private static readonly Comparator[] Columns = Prune(Sorter([0, 1, 2, 3, 4]), [0, 1, 2, 3, 4]);
    private static readonly int[] Candidates = FindCandidates();
    private static readonly int Result = Candidates[Candidates.Length / 2];
    private static readonly Comparator[] Window =
        Prune([.. Enumerable.Range(0, Side).SelectMany(rank => Sorter([.. Enumerable.Range(rank * Side, Side)])), .. Sorter(Candidates)], [Result]);

    /// <param name="pictures">float [N, C, H, W].</param>
    public static Tensor Apply(Tensor pictures)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (pictures.shape[2], pictures.shape[3]);
        var padded = nn.functional.pad(pictures, [Reach, Reach, Reach, Reach], TorchSharp.PaddingModes.Replicate);
        var ranks = Enumerable.Range(0, Side).Select(i => padded.narrow(2, i, height)).ToArray();
        Run(Columns, ranks);
        var wires = Enumerable.Range(0, Side * Side).Select(i => ranks[i / Side].narrow(3, i % Side, width)).ToArray();
        Run(Window, wires);
        return wires[Result].MoveToOuterDisposeScope();
    }

    private static void Run(Comparator[] network, Tensor[] wires)
    {
        foreach (var (low, high, needsLow, needsHigh) in network)
        {
            var (a, b) = (wires[low], wires[high]);
            if (needsLow)
                wires[low] = a.minimum(b);
            if (needsHigh)
                wires[high] = a.maximum(b);
            // At once and not with the scope: the next results then take the same, still cached memory.
            a.Dispose();
            b.Dispose();
        }
    }

    // Merge exchange (Knuth, The Art of Computer Programming 3, algorithm 5.2.2M).
    private static List<Comparator> Sorter(int[] wires)
    {
        var network = new List<Comparator>();
        var top = 1 << (int)Math.Ceiling(Math.Log2(wires.Length)) >> 1;
        for (var p = top; p > 0; p >>= 1)
        {
            var (q, r, d) = (top, 0, p);
            while (true)
            {
                for (var i = 0; i + d < wires.Length; i++)
                {
                    if ((i & p) == r)
                        network.Add(new Comparator(wires[i], wires[i + d], true, true));
                }
                if (q == p)
                    break;
                (d, q, r) = (q - p, q >> 1, p);
            }
        }
        return network;
    }

    // With columns and then rows in order, so many pixels are surely smaller or larger than the one at (rank, column).
    private static int[] FindCandidates() =>
        [.. Enumerable.Range(0, Side * Side).Where(i => ((i / Side) + 1) * ((i % Side) + 1) <= Middle + 1 && (Side - (i / Side)) * (Side - (i % Side)) <= Middle + 1)];

    // Leaves out what the results do not depend on.
    private static Comparator[] Prune(List<Comparator> network, int[] results)
    {
        var needed = results.ToHashSet();
        var kept = new Stack<Comparator>();
        foreach (var (low, high, _, _) in Enumerable.Reverse(network))
        {
            var comparator = new Comparator(low, high, needed.Contains(low), needed.Contains(high));
            if (!comparator.NeedsLow && !comparator.NeedsHigh)
                continue;
            kept.Push(comparator);
            needed.Add(low);
            needed.Add(high);
        }
        return [.. kept];
    }

    /// <summary>Puts the smaller of two wires on the first and the larger on the second, as far as anybody needs it.</summary>
    private readonly record struct Comparator(int Low, int High, bool NeedsLow, bool NeedsHigh);
}
