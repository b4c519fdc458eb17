using Mars.Client.Demo;

namespace Mars.Client.Tests.Support;

/// <summary>Three real servers as processes of their own, with a tiny model.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private readonly Temporary _models = new();
    private readonly List<ServerProcess> _servers = [];

    public IReadOnlyList<ServerProcess> Servers => _servers;

    public static async Task<ReplicaSet> StartAsync()
    {
        var set = new ReplicaSet();
        TinyModel.Write(set._models.Folder);
        set._servers.AddRange(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ServerProcess.StartAsync(ServerFiles.Server(), set._models.Folder, [], null, Limits.Wait))));
        return set;
    }

    /// <summary>The cameras that a server has at the moment.</summary>
    public static async Task<IReadOnlyList<string>> CamerasAsync(ServerProcess server)
    {
        using var client = new MarsClient(server.Address);
        return [.. (await client.ListCamerasAsync(Limits.Wait)).Where(c => c.Connected).Select(c => c.CameraId)];
    }

    /// <summary>Kills one (kill -9) and waits until it is gone.</summary>
    public async Task KillAsync(ServerProcess server)
    {
        _servers.Remove(server);
        await server.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        _models.Dispose();
    }
}
