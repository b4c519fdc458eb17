namespace Mars.Client.Reporting;

/// <summary>Chooses how to show a camera.</summary>
internal static class WatchViews
{
    /// <param name="terminal">Where to.</param>
    /// <param name="json">One JSON object a line, for scripts.</param>
    /// <param name="camera">Its id.</param>
    /// <param name="statistics">For the live display's figures.</param>
    /// <param name="delayName">What the delay is measured from and to.</param>
    public static IWatchView Create(Terminal terminal, bool json, string camera, WatchStatistics statistics, string delayName)
    {
        if (json)
            return new JsonWatchView(new JsonLines(terminal.Out), camera, delayName);
        return terminal.IsLive
            ? new LiveWatchView(terminal.Console, camera, statistics, delayName)
            : new PlainWatchView(terminal, camera, delayName);
    }
}
