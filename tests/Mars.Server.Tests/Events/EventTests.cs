using System.Globalization;
using System.Text.RegularExpressions;

namespace Mars.Server.Tests.Events;

/// <summary>What tests of sinks share: a folder, a server in it, and waiting.</summary>
public abstract partial class EventTests : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("mars-events-").FullName;

    protected string Spool => Path.Combine(Folder, "spool");

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A server of the colour model.</summary>
    internal Task<RunningServer> StartAsync(params (string Key, string Value)[] settings) =>
        RunningServer.StartAsync([ColourCamera.Model(Path.Combine(Folder, "models")), ("Mars:Events:SpoolFolder", Spool), .. settings]);

    internal static async Task WaitAsync(Func<bool> condition, string what)
    {
        for (var i = 0; i < 600; i++)
        {
            if (condition())
                return;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException($"not within 30 s: {what}");
    }

    /// <summary>Waits until so many deliveries of a sink have ended so, by the server's /metrics. All servers of the test process count together, so names are each test's own.</summary>
    internal static async Task ExpectAsync(RunningServer server, string sink, string outcome, int count)
    {
        using var http = new HttpClient();
        var counted = -1;
        for (var i = 0; i < 300 && counted != count; i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            var text = await http.GetStringAsync(new Uri($"{server.Address}/metrics"), TestContext.Current.CancellationToken);
            counted = Deliveries().Matches(text)
                .Where(m => m.Groups[1].Value.Contains($"sink=\"{sink}\"", StringComparison.Ordinal) && m.Groups[1].Value.Contains($"outcome=\"{outcome}\"", StringComparison.Ordinal))
                .Sum(m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        }
        Assert.Equal(count, counted);
    }

    [GeneratedRegex(@"mars_sink_deliveries\w*\{([^}]*)\} (\d+)")]
    private static partial Regex Deliveries();
}
