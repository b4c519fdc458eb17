using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mars.Server.Tests.Python;
using Mars.TestSupport;

namespace Mars.Server.Tests.Events;

/// <summary>The receiver of docs/events.md, as its commands start it.</summary>
public sealed class WebhookReceiverTests : EventTests
{
    [Fact]
    public async Task Receiver_OfTheDocument_TakesWhatIsSignedOnceAndNothingElse()
    {
        Assert.SkipUnless(await PythonProcess.RunAsync("--version") is (0, _), "python3 is not on this machine");
        var secret = Path.Combine(Folder, "secret.txt");
        var (made, output) = await PythonProcess.RunAsync(new ProcessStartInfo("bash", ["-ec", "head -c 24 /dev/urandom | base64 > secret.txt"]) { WorkingDirectory = Folder });
        Assert.True(made == 0, output);
        var port = FreePort();
        var lines = new ConcurrentQueue<string>();
        var start = new ProcessStartInfo(PythonProcess.Interpreter, ["docs/examples/python/webhook_receiver.py", secret, $"{port}"]) { WorkingDirectory = SharedData.Root, RedirectStandardOutput = true };
        using var receiver = Process.Start(start)!;
        try
        {
            receiver.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
            receiver.BeginOutputReadLine();
            await using var server = await StartAsync(("Mars:Events:Webhooks:0:Url", $"http://127.0.0.1:{port}/"), ("Mars:Events:Webhooks:0:SecretFile", secret), ("Mars:Events:Webhooks:0:MaxRetrySeconds", "0.5"));
            using var camera = new ColourCamera(server);
            await camera.ShowAsync("red");
            await camera.FinishAsync();
            await WaitAsync(() => lines.Count >= 2, "two lines");
            Assert.Equal(["door red Started 1.00", "door red Ended 1.00"], lines);

            using var http = new HttpClient();
            using var forged = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/") { Content = new StringContent("{}") };
            forged.Headers.Add("webhook-id", "x.started");
            forged.Headers.Add("webhook-timestamp", $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}");
            forged.Headers.Add("webhook-signature", "v1,AAAA");
            using var answer = await http.SendAsync(forged, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        finally
        {
            receiver.Kill();
            await receiver.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
