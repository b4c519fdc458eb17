using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mars.Benchmarks;

/// <summary>
/// What telemetry costs: a server with everything on (metrics scraped every second, metrics and traces sent by OTLP, one window in a hundred traced) against one with everything
/// off. Both are measured in turn, in an order that changes each round, because the machine's speed may change from one minute to the next.
/// </summary>
internal static class TelemetryBench
{
    public static async Task<int> RunAsync(PathOptions options)
    {
        var (models, rounds, seconds) = (options.Models, options.Rounds, options.Seconds);
        var package = Capacity.PackageOf(models);
        Console.WriteLine($"model {package.Key}, {Capacity.Cameras} cameras, {Environment.ProcessorCount} cores, {rounds} rounds of {seconds} s each");
        await using var collector = await CollectorAsync();
        var endpoint = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var (rates, costs, scrapes) = (new List<double>(), new List<double>(), 0);
        for (var round = 1; round <= rounds; round++)
        {
            // New ones each time: two servers of the same settings differ by more than what is looked for, by how their memory happens to lie and what their warm-up found.
            await using var off = await BenchServer.StartAsync(models, ("Mars__Telemetry__Enabled", "false"));
            await using var on = await BenchServer.StartAsync(models, ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_METRIC_EXPORT_INTERVAL", "1000"));
            using var stop = new CancellationTokenSource();
            var scraping = ScrapeAsync(on, stop.Token);
            // A new process compiles what it runs first, and telemetry is more of that: a cost once, and not of a window.
            foreach (var server in (BenchServer[])[off, on])
                await Capacity.MeasureAsync(server, package.Manifest.Name, Capacity.Cameras, 2 * seconds);
            // Each twice, so that neither is always the later one.
            var (a, b) = round % 2 == 0 ? (on, off) : (off, on);
            var measured = new List<Measured>();
            foreach (var server in (BenchServer[])[a, b, b, a])
                measured.Add(await Capacity.MeasureAsync(server, package.Manifest.Name, Capacity.Cameras, seconds));
            var (outer, inner) = (Measured.Mean(measured[0], measured[3]), Measured.Mean(measured[1], measured[2]));
            var (with, without) = a == on ? (outer, inner) : (inner, outer);
            rates.Add(with.Rate / without.Rate);
            costs.Add(with.ProcessorMs / without.ProcessorMs);
            await stop.CancelAsync();
            scrapes += await scraping;
            Console.WriteLine($"round {round}: off {without.Rate:F1} windows/s, {without.ProcessorMs:F2} ms of processor each; on {with.Rate:F1} windows/s, {with.ProcessorMs:F2} ms");
        }
        Ratios.Tell("windows a second, on over off", rates);
        Ratios.Tell("processor time of a window, on over off", costs);
        Console.WriteLine($"{scrapes} scrapes, {_exports} exports received");
        return 0;
    }

    private static int _exports;

    private static async Task<int> ScrapeAsync(BenchServer server, CancellationToken stop)
    {
        using var http = new HttpClient();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var scrapes = 0;
        try
        {
            for (; await timer.WaitForNextTickAsync(stop); scrapes++)
                await http.GetStringAsync(new Uri(server.Address, "/metrics"), stop);
        }
        catch (OperationCanceledException)
        {
            // The rounds are over.
        }
        return scrapes;
    }

    // Takes everything and keeps nothing.
    private static async Task<WebApplication> CollectorAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            Interlocked.Increment(ref _exports);
            return Results.Bytes([], "application/x-protobuf");
        });
        await app.StartAsync();
        return app;
    }
}
