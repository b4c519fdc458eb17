using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Mars.Server.Tests.Events;

/// <summary>A real mosquitto of the test's own on a free loopback port, and a mosquitto_sub that listens to all of it; or a skipped test.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private readonly string[] _client;
    private readonly string _configuration;
    private Process _broker = null!;
    private Process? _listener;

    private Mosquitto(int port, string[] client, string configuration) => (Port, _client, _configuration) = (port, client, configuration);

    public int Port { get; }

    /// <summary>Every message as "TOPIC PAYLOAD".</summary>
    public ConcurrentQueue<string> Messages { get; } = new();

    /// <param name="folder">Where its files lie.</param>
    /// <param name="lines">Of its configuration.</param>
    /// <param name="client">What mosquitto_sub and mosquitto_pub are told besides host and port.</param>
    public static async Task<Mosquitto> StartAsync(string folder, string[]? lines = null, string[]? client = null)
    {
        Assert.SkipUnless(Find("mosquitto") is not null && Find("mosquitto_sub") is not null, "mosquitto and mosquitto-clients are not on this machine");
        var port = FreePort();
        string[] all = [$"listener {port} 127.0.0.1", .. lines ?? ["allow_anonymous true"]];
        var configuration = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllLinesAsync(configuration, all, TestContext.Current.CancellationToken);
        var broker = new Mosquitto(port, client ?? [], configuration);
        await broker.StartBrokerAsync();
        await broker.ListenAsync();
        return broker;
    }

    /// <summary>Ends the broker, without its farewells; what it retained is gone.</summary>
    public async Task KillAsync()
    {
        _broker.Kill();
        await _broker.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Starts it again on the same port.</summary>
    public Task StartAgainAsync() => StartBrokerAsync();

    /// <summary>Runs mosquitto_pub.</summary>
    public async Task PublishAsync(params string[] arguments)
    {
        using var process = Start("mosquitto_pub", ["-h", "127.0.0.1", "-p", $"{Port}", .. _client, .. arguments]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>The broker's retained messages, as a client sees them that comes now.</summary>
    public async Task<string[]> RetainedAsync()
    {
        using var process = Start("mosquitto_sub", ["-h", "127.0.0.1", "-p", $"{Port}", .. _client, "-v", "-t", "#", "--retained-only", "-W", "1"]);
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in (Process?[])[_listener, _broker])
        {
            if (process is null)
                continue;
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private async Task ListenAsync()
    {
        _listener = Start("mosquitto_sub", ["-h", "127.0.0.1", "-p", $"{Port}", .. _client, "-v", "-t", "#"]);
        _listener.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                Messages.Enqueue(line.Data);
        };
        _listener.BeginOutputReadLine();
        for (var i = 0; i < 300 && !Messages.Contains("test listening"); i++)
        {
            await PublishAsync("-t", "test", "-m", "listening");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        Assert.Contains("test listening", Messages);
    }

    private async Task StartBrokerAsync()
    {
        _broker = Start("mosquitto", ["-c", _configuration]);
        for (var i = 0; i < 300; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException) when (!_broker.HasExited)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
        throw new TimeoutException("mosquitto does not listen");
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }; // what they say of themselves is not read
        return Process.Start(start) ?? throw new Win32Exception($"{program} does not start");
    }

    private static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/sbin".Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
