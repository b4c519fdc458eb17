extern alias client;

using System.Diagnostics;
using client::Mars.Client.Demo;
using Grpc.Net.Client;
using Mars.V1;

namespace Mars.Benchmarks;

/// <summary>A Mars server in a process of its own, so that what it costs is told apart from what its cameras cost.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly ServerProcess _server;
    private readonly Process _process;

    private BenchServer(ServerProcess server)
    {
        _server = server;
        _process = Process.GetProcessById(server.Id);
        Channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        Client = new ActionRecognition.ActionRecognitionClient(Channel);
    }

    /// <summary>The folder of model packages.</summary>
    public static string Models => ServerFiles.Models();

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

    /// <param name="models">The folder of packages.</param>
    /// <param name="settings">Configuration, as environment variables.</param>
    public static async Task<BenchServer> StartAsync(string models, params (string Name, string Value)[] settings)
    {
        // Inherited by the process; nothing else is started meanwhile.
        foreach (var (name, value) in settings)
            Environment.SetEnvironmentVariable(name, value);
        try
        {
            return new(await ServerProcess.StartAsync(ServerFiles.Server(), models, [], null, CancellationToken.None));
        }
        finally
        {
            foreach (var (name, _) in settings)
                Environment.SetEnvironmentVariable(name, null);
        }
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _server.Address;

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        _process.Dispose();
        await _server.DisposeAsync();
    }
}
