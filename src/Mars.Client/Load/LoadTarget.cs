using Mars.Client.Demo;

namespace Mars.Client.Load;

/// <summary>The server that is under load: one that runs somewhere, or one of the tool's own as another process.</summary>
internal sealed class LoadTarget : IAsyncDisposable
{
    private readonly ServerProcess? _own;
    private readonly ProcessMeter? _meter;

    private LoadTarget(Uri address, MarsClientOptions client, ServerProcess? own, ProcessMeter? meter)
    {
        Address = address;
        Client = client;
        _own = own;
        _meter = meter;
    }

    public Uri Address { get; }

    /// <summary>How to reach it.</summary>
    public MarsClientOptions Client { get; }

    /// <summary>Whether it is the tool's own.</summary>
    public bool IsOwn => _own is not null;

    /// <summary>A server that runs.</summary>
    /// <param name="address">Where.</param>
    /// <param name="client">How to reach it.</param>
    /// <param name="processId">Its process on this machine, to measure what it uses; null where that cannot be.</param>
    /// <exception cref="IOException">There is no such process.</exception>
    public static LoadTarget Running(Uri address, MarsClientOptions client, int? processId)
    {
        try
        {
            return new LoadTarget(address, client, null, processId is { } id ? new ProcessMeter(id) : null);
        }
        catch (ArgumentException)
        {
            throw new IOException($"--server-pid {processId}: there is no such process on this machine");
        }
    }

    /// <summary>Starts one.</summary>
    /// <exception cref="IOException">It did not start.</exception>
    public static async Task<LoadTarget> StartAsync(string? models, string? provider, CancellationToken cancellationToken)
    {
        string[] arguments = provider is null ? [] : ["--provider", provider];
        var server = await ServerProcess.StartAsync(ServerFiles.Server(), models ?? ServerFiles.Models(), arguments, null, cancellationToken);
        return new LoadTarget(server.Address, new MarsClientOptions(), server, new ProcessMeter(server.Id));
    }

    /// <summary>What it has used.</summary>
    /// <returns>Null where it cannot be seen, or has ended.</returns>
    public ProcessUse? Measure() => _meter?.Measure();

    public async ValueTask DisposeAsync()
    {
        _meter?.Dispose();
        if (_own is not null)
            await _own.DisposeAsync();
    }
}
