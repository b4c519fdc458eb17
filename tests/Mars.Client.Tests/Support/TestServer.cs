using Mars.Client.Demo;

namespace Mars.Client.Tests.Support;

/// <summary>The real server as a process of its own, with a tiny model; one for all tests that leave it running.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;
    private ServerProcess? _process;

    public Uri Address => _process!.Address;

    public int ProcessId => _process!.Id;

    public async ValueTask InitializeAsync()
    {
        TinyModel.Write(_models);
        _process = await ServerProcess.StartAsync(ServerFiles.Server(), _models, [], null, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_models, recursive: true);
    }
}
