namespace Mars.Client.Load;

/// <summary>Looks for the most cameras that a server answers in time: doubles until a step fails, then halves the distance between the last good and the first bad.</summary>
/// <param name="run">Plays that many cameras.</param>
/// <param name="limit">The longest capture-to-decision that 99 of 100 windows may take.</param>
/// <param name="told">Told of each step.</param>
internal sealed class CapacitySearch(Func<int, Task<LoadResult>> run, TimeSpan limit, Action<CapacityStep> told)
{
    /// <summary>Of the windows that are due, to be answered.</summary>
    public const double Coverage = 0.99;

    // A finer answer than a twentieth means nothing on a machine that does other things too.
    private const int Fineness = 20;
    private const int Most = 1 << 20;

    /// <summary>Searches.</summary>
    /// <param name="start">Cameras of the first step.</param>
    /// <returns>The most cameras that passed; 0 when one is too many.</returns>
    public async Task<int> FindAsync(int start)
    {
        var (good, bad) = (0, Most);
        for (var cameras = Math.Max(1, start); bad - good > Math.Max(1, good / Fineness);)
        {
            var step = CapacityStep.Of(await run(cameras), limit);
            told(step);
            if (step.Passed)
                good = cameras;
            else
                bad = cameras;
            cameras = bad == Most ? cameras * 2 : good + ((bad - good) / 2);
        }
        return good;
    }
}
