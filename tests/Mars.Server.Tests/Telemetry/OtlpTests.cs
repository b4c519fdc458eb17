using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Mars.Client.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mars.Server.Tests.Telemetry;

/// <summary>A collector of our own on a socket: what comes must be OTLP's own paths and hold our names.</summary>
public sealed class OtlpTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;
    private readonly ConcurrentDictionary<string, string> _received = new();

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Fact]
    public async Task Endpoint_Set_MetricsAndTracesArriveThere()
    {
        TinyModel.Write(_models);
        await using var collector = await CollectorAsync();
        var address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await using var server = await RunningServer.StartAsync(
            ("Mars:Models:Folder", _models),
            ("Mars:Telemetry:TraceRatio", "1"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200"));
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        await camera.SendAsync(1, 15);
        var traced = TestCamera.Frame(16);
        traced.Traceparent = $"00-{TraceId}-b7ad6b7169203331-01";
        await camera.SendAsync(traced);
        await camera.SendAsync(17, 4);
        await camera.FinishAsync();
        string[] traces = ["mars-server", "window", "batch", "run", "reply", "mars.first_sequence"];
        string[] metrics = ["mars-server", "mars.windows", "mars.capacity.left", "rpc.server.call.duration", "dotnet.process.memory.working_set", Encoding.Latin1.GetString(Convert.FromHexString(TraceId))]; // the last: exemplars
        for (var i = 0; i < 300 && !(All("/v1/traces", traces) && All("/v1/metrics", metrics)); i++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.All(traces, name => Assert.Contains(name, _received.GetValueOrDefault("/v1/traces", ""), StringComparison.Ordinal));
        Assert.All(metrics, name => Assert.Contains(name, _received.GetValueOrDefault("/v1/metrics", ""), StringComparison.Ordinal));
    }

    private bool All(string path, string[] names) => names.All(n => _received.GetValueOrDefault(path, "").Contains(n, StringComparison.Ordinal));

    private async Task<WebApplication> CollectorAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            // The protobuf's strings are in it as they are.
            _received.AddOrUpdate(request.Path, Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
            return Results.Bytes([], "application/x-protobuf");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
