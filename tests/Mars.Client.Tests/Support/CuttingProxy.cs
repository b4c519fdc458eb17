using System.Net;
using System.Net.Sockets;

namespace Mars.Client.Tests.Support;

/// <summary>Passes TCP connections on to a server, and cuts them all, or swallows what they say, when told to.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private readonly List<Socket> _open = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly HashSet<Socket> _silent = [];
    private bool _refusing;
    private Task _held = Task.CompletedTask;

    public CuttingProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Holds up everything for so long, as a server does that is too slow: nothing is lost.</summary>
    public void Hold(TimeSpan time)
    {
        lock (_open)
            _held = Task.Delay(time, _stop.Token);
    }

    /// <summary>Cuts every connection; with <paramref name="refuse"/> new ones too, until told otherwise.</summary>
    public void Cut(bool refuse = false)
    {
        lock (_open)
        {
            _refusing = refuse;
            foreach (var socket in _open)
                socket.Close(0); // a reset, not a good-bye
            _open.Clear();
        }
    }

    /// <summary>The connections that are open stay open and carry nothing any more, as when a cable is pulled. New ones work.</summary>
    public void GoSilent()
    {
        lock (_open)
            _silent.UnionWith(_open);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0;)
        {
            Task held;
            lock (_open)
            {
                if (_silent.Contains(from.Client))
                    continue;
                held = _held;
            }
            await held;
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
        if (_silent.Contains(from.Client))
            await Task.Delay(Timeout.Infinite, _stop.Token); // not even the end is passed on
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(_target.Host, _target.Port, _stop.Token);
            lock (_open)
            {
                if (_refusing)
                {
                    client.Client.Close(0);
                    return;
                }
                _open.AddRange([client.Client, server.Client]);
            }
            await Task.WhenAny(
                PassAsync(client, server),
                PassAsync(server, client));
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
        finally
        {
            client.Dispose();
        }
    }
}
