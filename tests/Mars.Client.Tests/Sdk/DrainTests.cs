using System.Diagnostics;
using System.Net.Sockets;
using Grpc.Net.Client;
using Mars.Client.Demo;
using Mars.Client.Tests.Support;
using Mars.V1;

namespace Mars.Client.Tests.Sdk;

/// <summary>SIGTERM to the real process, as systemd and Kubernetes send it.</summary>
public sealed class DrainTests : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1); // to end a process on a busy machine; without the limit it would wait for its clients

    private readonly Temporary _folder = new();

    public DrainTests() => TinyModel.Write(_folder.Folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sigterm_CamerasAreToldAndGoOnAtTheNextServer_NoWindowLostOrRepeated()
    {
        using var first = await DrainedServer.StartAsync(_folder.Folder, Grace);
        var reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromMilliseconds(200) };
        using var client = new MarsClient(first.Address, new MarsClientOptions { Reconnect = reconnect });
        await using var stream = await client.OpenCameraAsync(CameraStreamTests.EveryWindow("drained", 4), Limits.Wait);
        var notices = new List<Notice.Types.Kind>();
        var reading = Task.Run(async () =>
        {
            var answers = new List<ulong>();
            await foreach (var update in stream.ReadAllAsync(Limits.Wait))
            {
                if (update.Prediction is { } prediction)
                    answers.Add(prediction.LastSequence);
                else if (update.Notice is { } notice)
                    notices.Add(notice.Kind);
            }
            return answers;
        }, Limits.Wait);
        await CameraStreamTests.SendAsync(stream, 100);
        first.Terminate();
        var sending = SendAsync(stream, 101, 300);
        var (exit, took) = await first.EndAsync();
        await using var second = await ServerProcess.StartAsync(ServerFiles.Server(), _folder.Folder, [], first.Address.Port, Limits.Wait);
        await sending;

        Assert.Equal(CameraStreamTests.Expected(300, 4), await reading);
        Assert.Contains(Notice.Types.Kind.Draining, notices);
        Assert.Equal(0, exit);
        Assert.InRange(took, TimeSpan.Zero, Grace + Slack);
    }

    [Fact]
    public async Task Sigterm_ClientThatDoesNotRead_EndsWithinTheGraceTime()
    {
        using var server = await DrainedServer.StartAsync(_folder.Folder, Grace);
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 }, DisposeHttpClient = true });
        using var held = new ActionRecognition.ActionRecognitionClient(channel).RecognizeStream(cancellationToken: Limits.Wait);
        await held.RequestStream.WriteAsync(new RecognizeStreamRequest { Open = new OpenStream { CameraId = "held", Stride = 1, Mode = DeliveryMode.EveryWindow } }, Limits.Wait);
        Assert.True(await held.ResponseStream.MoveNext(Limits.Wait));
        var writing = Task.Run(async () =>
        {
            for (ulong i = 1; i <= 3000; i++)
                await held.RequestStream.WriteAsync(new RecognizeStreamRequest { Frame = TestFrames.Make(i) }, Limits.Wait);
        }, Limits.Wait);
        await Task.WhenAny(writing, Task.Delay(TimeSpan.FromSeconds(2), Limits.Wait));

        server.Terminate();
        var (exit, took) = await server.EndAsync();

        Assert.Equal(0, exit);
        Assert.InRange(took, TimeSpan.Zero, Grace + Slack);
        await writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    // RFC 9113, section 6.8: the frame of type 7 tells clients and balancers to send no more calls on this connection. What came with it is read before it is gone.
    [Fact]
    public async Task Sigterm_OpenConnection_IsSentGoawayAndClosed() => await GoawayToCloseAsync();

    [Fact]
    [Trait("Category", "wall-clock")]
    public async Task Sigterm_OpenConnection_IsClosedAMomentAfterGoaway() => Assert.InRange(await GoawayToCloseAsync(), TimeSpan.FromSeconds(0.25), Grace);

    private async Task<TimeSpan> GoawayToCloseAsync()
    {
        using var server = await DrainedServer.StartAsync(_folder.Folder, Grace);
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", server.Address.Port, Limits.Wait);
        var stream = socket.GetStream();
        await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray(), Limits.Wait);
        var head = new byte[9];
        var seen = new List<byte>();
        var last = Stopwatch.GetTimestamp();
        while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, Limits.Wait) == head.Length)
        {
            await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]], Limits.Wait);
            if (seen.Count == 0)
                server.Terminate(); // the settings have come: the connection is open
            seen.Add(head[3]);
            last = Stopwatch.GetTimestamp();
        }
        var lingered = Stopwatch.GetElapsedTime(last);
        Assert.Equal(7, seen[^1]);
        Assert.Equal(0, (await server.EndAsync()).Exit);
        return lingered;
    }

    private static async Task SendAsync(CameraStream stream, ulong first, ulong last)
    {
        for (var i = first; i <= last; i++)
        {
            await stream.SendAsync(TestFrames.Make(i), Limits.Wait);
            await Task.Delay(5, Limits.Wait);
        }
        await stream.CompleteAsync(Limits.Wait);
    }

    private sealed class DrainedServer : IDisposable
    {
        private readonly Process _process;
        private long _terminated;

        private DrainedServer(Process process, Uri address) => (_process, Address) = (process, address);

        public Uri Address { get; }

        public static async Task<DrainedServer> StartAsync(string models, TimeSpan grace)
        {
            using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
            listener.Start();
            var address = new Uri($"http://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}");
            listener.Stop();
            var start = new ProcessStartInfo("dotnet", [ServerFiles.Server(), "--urls", address.GetLeftPart(UriPartial.Authority), "--models", models]);
            start.Environment["Mars__Streams__DrainSeconds"] = $"{grace.TotalSeconds}";
            var server = new DrainedServer(Process.Start(start)!, address);
            using var http = new HttpClient { DefaultRequestVersion = System.Net.HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
            while (true)
            {
                try
                {
                    if ((await http.GetAsync(new Uri(address, "/readyz"), Limits.Wait)).IsSuccessStatusCode)
                        return server;
                }
                catch (HttpRequestException)
                {
                    Assert.False(server._process.HasExited, "the server did not start");
                }
                await Task.Delay(50, Limits.Wait);
            }
        }

        public void Terminate()
        {
            _terminated = Stopwatch.GetTimestamp();
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            kill.WaitForExit();
        }

        public async Task<(int Exit, TimeSpan Took)> EndAsync()
        {
            await _process.WaitForExitAsync(Limits.Wait);
            return (_process.ExitCode, Stopwatch.GetElapsedTime(_terminated));
        }

        public void Dispose()
        {
            if (!_process.HasExited)
                _process.Kill();
            _process.Dispose();
        }
    }
}
