namespace Mars.Benchmarks;

/// <summary>How many times as much one of two gave as the other, by rounds that each had the same moment of the machine.</summary>
internal static class Ratios
{
    /// <summary>Prints the median, the spread, and how sure the median is. Sorts the ratios.</summary>
    public static void Tell(string what, List<double> ratios)
    {
        ratios.Sort();
        var sure = SureOfMedian(ratios.Count) is { } rank ? $"; that of ever more rounds lies between {ratios[rank]:F3} and {ratios[^(rank + 1)]:F3}, 95% sure" : "";
        Console.WriteLine($"{what}: median {ratios[ratios.Count / 2]:F3} ({ratios[0]:F3} to {ratios[^1]:F3}){sure}");
    }

    // The sign test: of n rounds, how many from each end can be left out so that the median is still inside 19 times of 20. Says nothing about how rounds are distributed.
    private static int? SureOfMedian(int rounds)
    {
        var (chance, below, rank) = (Math.Pow(0.5, rounds), 0.0, -1);
        for (var k = 0; k <= rounds / 2 && below + chance <= 0.025; k++)
        {
            below += chance;
            chance *= (double)(rounds - k) / (k + 1);
            rank = k;
        }
        return rank < 0 ? null : rank;
    }
}
