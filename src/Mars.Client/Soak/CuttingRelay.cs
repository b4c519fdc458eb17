using System.Net;
using System.Net.Sockets;

namespace Mars.Client.Soak;

/// <summary>Passes TCP connections on to the server and cuts one at random when told to: with a reset, as a network does it, and not with a good-bye.</summary>
internal sealed class CuttingRelay : IAsyncDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _server;
    private readonly List<(Socket Client, Socket Server)> _open = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public CuttingRelay(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The server, for those whose connections are to be cut.</summary>
    public Uri Address => new($"{_server.Scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Cuts one connection.</summary>
    /// <param name="choice">0 to 1: which.</param>
    /// <returns>Whether there was one.</returns>
    public bool Cut(double choice)
    {
        lock (_open)
        {
            if (_open.Count == 0)
                return false;
            var index = (int)(choice * _open.Count);
            var (client, server) = _open[index];
            _open.RemoveAt(index);
            client.Close(0);
            server.Close(0);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        while (Cut(0))
        {
            // All of them.
        }
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay is closed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            lock (_open)
                _open.Add((client, server));
            await Task.WhenAny(PassAsync(client, server), PassAsync(server, client));
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is away; the camera learns it by its connection's end.
        }
        finally
        {
            lock (_open)
                _open.Remove((client, server));
            client.Dispose();
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, _stop.Token)) > 0;)
            {
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
