using Grpc.Net.Client;
using Mars.V1;

namespace Mars.Client.Load;

/// <summary>The HTTP/2 connections of a run, each shared by some cameras.</summary>
internal sealed class Connections : IDisposable
{
    // Kestrel takes 100 streams on a connection; half of them leaves room for streams that a cut leaves behind for a moment.
    private const int Usual = 50;

    private readonly GrpcChannel[] _channels;
    private readonly ActionRecognition.ActionRecognitionClient[] _stubs;
    private readonly int _each;

    public Connections(LoadTarget server, LoadOptions options)
    {
        _each = options.CamerasPerConnection ?? (options.Mode == DeliveryMode.EveryWindow ? 1 : Usual);
        var client = server.Client with { ConnectTimeout = TimeSpan.FromSeconds(10), KeepAlive = Timeout.InfiniteTimeSpan, MoreConnections = false };
        var count = (options.Cameras + options.Idle + _each - 1) / _each;
        _channels = [.. Enumerable.Range(0, Math.Max(1, count)).Select(_ => ServerChannel.Open(server.Address, client))];
        _stubs = [.. _channels.Select(c => new ActionRecognition.ActionRecognitionClient(c.Calls(client)))];
    }

    /// <summary>That of a camera.</summary>
    public ActionRecognition.ActionRecognitionClient Of(int camera) => _stubs[camera / _each];

    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
    }
}
