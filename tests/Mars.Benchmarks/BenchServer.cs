using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Mars.V1;

namespace Mars.Benchmarks;

/// <summary>A Mars server in a process of its own, so that what it costs is told apart from what its cameras cost.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly Process _process;

    private BenchServer(Process process, string address)
    {
        _process = process;
        Channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        Client = new ActionRecognition.ActionRecognitionClient(Channel);
    }

    public GrpcChannel Channel { get; }

    public ActionRecognition.ActionRecognitionClient Client { get; }

    /// <summary>What it has used of all cores together.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<BenchServer> StartAsync(string models)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var address = $"http://127.0.0.1:{port}";
        var dll = Environment.GetEnvironmentVariable("MARS_SERVER_DLL") ?? throw new InvalidOperationException("MARS_SERVER_DLL is not set: start this as ./mars bench path");
        var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { dll, "--urls", address, "--models", models },
            Environment = { ["Logging__LogLevel__Default"] = "Error" },
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        for (var i = 0; i < 1200 && !process.HasExited; i++)
        {
            try
            {
                using var response = await http.GetAsync(new Uri($"{address}/readyz"));
                if (response.IsSuccessStatusCode)
                    return new BenchServer(process, address);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(100);
        }
        throw new InvalidOperationException("the server did not become ready");
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
