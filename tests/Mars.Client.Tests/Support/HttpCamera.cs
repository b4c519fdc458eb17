using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mars.Client.Tests.Support;

/// <summary>A camera on this machine that speaks HTTP byte by byte as a test says.</summary>
internal sealed class HttpCamera : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Request, NetworkStream, Task> _answer;
    private readonly List<Request> _requests = [];
    private int _connections;

    /// <param name="answer">Answers a request; the connection is kept for the next unless it throws or closes it.</param>
    public HttpCamera(Func<Request, NetworkStream, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>A request: its path and its headers, in lower case.</summary>
    public sealed record Request(string Path, IReadOnlyDictionary<string, string> Headers, int Number);

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public int Connections => Volatile.Read(ref _connections);

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public static Task WriteAsync(Stream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>An answer with a body.</summary>
    public static async Task AnswerAsync(Stream stream, string status, string headers, byte[]? body = null)
    {
        await WriteAsync(stream, $"HTTP/1.1 {status}\r\n{headers}Content-Length: {body?.Length ?? 0}\r\n\r\n");
        if (body is not null)
            await stream.WriteAsync(body);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1, false, 1024, leaveOpen: true);
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
                {
                    var headers = new Dictionary<string, string>();
                    while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                        headers[header.Split(':')[0].ToLowerInvariant()] = header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
                    Request request;
                    lock (_requests)
                        _requests.Add(request = new Request(line.Split(' ')[1], headers, _requests.Count + 1));
                    await _answer(request, stream).WaitAsync(_stop.Token);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
            {
            }
        }
    }
}
