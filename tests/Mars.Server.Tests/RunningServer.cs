using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Mars.Inference.Models;
using Mars.Server.Health;
using Mars.Server.Hosting;
using Mars.TestSupport;
using Mars.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mars.Server.Tests;

/// <summary>The whole server on a real socket, with the packages of models/.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningServer(WebApplication app, string address)
    {
        _app = app;
        Address = address;
        Channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        Client = new ActionRecognition.ActionRecognitionClient(Channel);
    }

    public string Address { get; }

    public IServiceProvider Services => _app.Services;

    public GrpcChannel Channel { get; }

    public ActionRecognition.ActionRecognitionClient Client { get; }

    public static string Models { get; } = Path.Combine(SharedData.Root, "models");

    /// <summary>Pixels that a side of the shipped models' frames has.</summary>
    public static int ModelSize { get; } = ModelRepository.Read(Models, out _)[0].Manifest.Size;

    /// <summary>Starts a server and waits until it is ready.</summary>
    public static Task<RunningServer> StartAsync(params (string Key, string Value)[] settings) => StartAsync(_ => { }, settings);

    /// <summary>Starts a server that <paramref name="configure"/> has changed, and waits until it is ready.</summary>
    public static async Task<RunningServer> StartAsync(Action<WebApplicationBuilder> configure, params (string Key, string Value)[] settings)
    {
        var server = await StartUnreadyAsync(configure, settings);
        var readiness = server.Services.GetRequiredService<Readiness>();
        for (var i = 0; i < 600; i++)
        {
            if (readiness.IsReady)
                return server;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException("the server is not ready after 30 s");
    }

    public static Task<RunningServer> StartUnreadyAsync(params (string Key, string Value)[] settings) => StartUnreadyAsync(_ => { }, settings);

    private static async Task<RunningServer> StartUnreadyAsync(Action<WebApplicationBuilder> configure, params (string Key, string Value)[] settings)
    {
        var scheme = settings.Any(s => s.Key == "Mars:Tls:Certificate") ? "https" : "http";
        var address = $"{scheme}://127.0.0.1:{FreePort()}";
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["urls"] = address, ["Mars:Models:Folder"] = Models, ["Mars:Models:WatchSeconds"] = "0" });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.AddMars();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        configure(builder);
        var app = builder.Build();
        app.MapMars();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningServer(app, address);
    }

    /// <summary>What Ctrl-C does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Environment.ExitCode = 0; // a server that could not start says so to the process, which here is the test runner
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
