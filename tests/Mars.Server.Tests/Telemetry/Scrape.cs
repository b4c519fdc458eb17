using System.Globalization;

namespace Mars.Server.Tests.Telemetry;

/// <summary>One answer of /metrics: name{labels} value, with a timestamp or without.</summary>
internal sealed class Scrape(string text)
{
    public string Text => text;

    public static async Task<Scrape> OfAsync(RunningServer server)
    {
        using var http = new HttpClient();
        return new Scrape(await http.GetStringAsync(new Uri($"{server.Address}/metrics"), TestContext.Current.CancellationToken));
    }

    /// <summary>Scrapes again and again (an answer is remembered for 0.3 s) until it is as wanted, for 20 s at most; then the last one tells what is wrong.</summary>
    public static async Task<Scrape> UntilAsync(RunningServer server, Predicate<Scrape> wanted)
    {
        for (var i = 0; ; i++)
        {
            var scrape = await OfAsync(server);
            if (wanted(scrape) || i == 100)
                return scrape;
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The sum of a name's lines that have all these labels; NaN if there is none.</summary>
    public double Value(string name, params string[] labels)
    {
        var lines = Lines(name).Where(l => labels.All(label => l.Contains(label, StringComparison.Ordinal))).ToList();
        return lines.Count == 0 ? double.NaN : lines.Sum(l => double.Parse(l[(l.LastIndexOf('}') + 1)..].TrimStart().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    public IEnumerable<string> Lines(string name) => text.Split('\n').Where(l => l.StartsWith(name + "{", StringComparison.Ordinal));
}
