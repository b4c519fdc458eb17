using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Mars.V1;
using Microsoft.Extensions.Options;

namespace Mars.Server.Tests.Events;

/// <summary>Events of a real server's cameras at a real HTTP receiver.</summary>
public sealed class WebhookTests : EventTests
{
    private const string Secret = "a secret of enough characters";

    [Fact]
    public async Task Webhook_OfACameraThatAsksForNoEvents_GetsThemSigned()
    {
        await using var receiver = await Receiver.StartAsync();
        var secretFile = Path.Combine(Folder, "secret");
        await File.WriteAllTextAsync(secretFile, $"{Secret}\n", TestContext.Current.CancellationToken);
        await using var server = await StartAsync([.. Hook(receiver, "signed"), ("Mars:Events:Webhooks:0:SecretFile", secretFile)]);
        using var camera = new ColourCamera(server);
        await camera.ShowAsync("red", "green");
        await camera.FinishAsync();
        await WaitAsync(() => receiver.Posts.Count >= 4, "four posts");

        Assert.Equal(["red started", "green started", "red ended", "green ended"], receiver.Posts.Select(p => p.Text).OrderBy(t => Array.IndexOf(["red started", "green started", "red ended", "green ended"], t)));
        Assert.Equal(4, receiver.Posts.Select(p => p.Id).Distinct().Count());
        foreach (var post in receiver.Posts)
        {
            var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{post.Id}.{post.Timestamp}.{post.Body}"));
            Assert.Equal($"v1,{Convert.ToBase64String(expected)}", post.Signature);
            Assert.InRange(long.Parse(post.Timestamp, CultureInfo.InvariantCulture), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 300, long.MaxValue);
            Assert.Contains("\"camera\":\"door\"", post.Body, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(camera.Replies, r => r.Event is not null);
        await ExpectAsync(server, "signed", "delivered", 4);
    }

    [Fact]
    public async Task Webhook_ThatFailsAtFirst_GetsAllInOrderWithTheSameIds()
    {
        await using var receiver = await Receiver.StartAsync((n, _) => Task.FromResult(n <= 3 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK));
        await using var server = await StartAsync([.. Hook(receiver, "failing")]);
        using var camera = new ColourCamera(server);
        await camera.ShowAsync("red", "blue");
        await camera.FinishAsync();
        await WaitAsync(() => receiver.Posts.Count >= 7, "three posts that fail and four that do not");

        var posts = receiver.Posts.ToArray();
        Assert.Single(posts.Take(4).Select(p => (p.Id, p.Body)).Distinct());
        Assert.Equal(4, posts.Skip(3).Select(p => p.Id).Distinct().Count());
        Assert.Equal("red started", posts[3].Text);
        Assert.Equal("blue ended", posts[^1].Text);
        await ExpectAsync(server, "failing", "failed", 3);
    }

    [Fact]
    public async Task Webhook_ThatRefuses_IsNotAskedAgain()
    {
        await using var receiver = await Receiver.StartAsync((n, _) => Task.FromResult(n == 1 ? HttpStatusCode.BadRequest : HttpStatusCode.OK));
        await using var server = await StartAsync([.. Hook(receiver, "refusing")]);
        using var camera = new ColourCamera(server);
        await camera.ShowAsync("red");
        await camera.FinishAsync();
        await WaitAsync(() => receiver.Posts.Count >= 2, "two posts");
        Assert.Equal(["red started", "red ended"], receiver.Posts.Select(p => p.Text));
        await ExpectAsync(server, "refusing", "refused", 1);
    }

    [Fact]
    public async Task Webhook_ThatHangs_CameraGetsEveryWindowAndTheOldestEventsAreDropped()
    {
        var release = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            await release.Task.WaitAsync(context.RequestAborted);
            return HttpStatusCode.OK;
        });
        await using var server = await StartAsync([.. Hook(receiver, "hanging"), ("Mars:Events:Webhooks:0:TimeoutSeconds", "300"), ("Mars:Events:SpoolEvents", "3")]);
        using var camera = new ColourCamera(server);
        await camera.ShowAsync("red", "green", "blue", "red", "green"); // ten events
        await camera.FinishAsync();

        Assert.Equal(((5 * 32) - 16) / 4 + 1, camera.Replies.Count(r => r.Prediction is not null));
        await WaitAsync(() => !receiver.Posts.IsEmpty, "the one that hangs");
        Assert.Single(receiver.Posts);
        await ExpectAsync(server, "hanging", "dropped", 7);
        release.SetResult();
        await WaitAsync(() => receiver.Posts.Count == 4, "the one that hung and the three that were kept");
        Assert.Equal("green ended", receiver.Posts.Last().Text);
    }

    [Fact]
    public async Task Webhook_ThatIsDeadWhileTheServerRuns_GetsTheEventsOfTheNextOne()
    {
        var port = FreePort();
        (string, string)[] settings = [("Mars:Events:Webhooks:0:Url", $"http://127.0.0.1:{port}/hook"), ("Mars:Events:Webhooks:0:MaxRetrySeconds", "0.5")];
        await using (var first = await StartAsync(settings))
        {
            using var camera = new ColourCamera(first);
            await camera.ShowAsync("red");
            await camera.FinishAsync();
            await first.StopAsync();
        }
        await using var receiver = await Receiver.StartAsync(port: port);
        await using var second = await StartAsync(settings);
        await WaitAsync(() => receiver.Posts.Count >= 2, "the events of the first server");
        Assert.Equal(["red started", "red ended"], receiver.Posts.Select(p => p.Text));
    }

    [Fact]
    public async Task Webhook_OfOtherCamerasOrLabels_GetsNothingElse()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync([.. Hook(receiver, "choosy"), ("Mars:Events:Webhooks:0:Cameras:0", "front-*"), ("Mars:Events:Webhooks:0:Labels:0", "g*")]);
        using var yard = new ColourCamera(server, "yard");
        await yard.ShowAsync("green");
        await yard.FinishAsync();
        using var front = new ColourCamera(server, "front-1");
        await front.ShowAsync("red", "green");
        await front.FinishAsync();
        await WaitAsync(() => receiver.Posts.Count >= 2, "two posts");
        Assert.Equal(["green started", "green ended"], receiver.Posts.Select(p => p.Text));
        Assert.All(receiver.Posts, p => Assert.Contains("front-1", p.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Camera_ThatAsksForItsEvents_GetsThemAsTheWebhookDoes()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync([.. Hook(receiver, "asking")]);
        using var camera = new ColourCamera(server, events: new EventOptions { Labels = { "red" } });
        await camera.ShowAsync("red", "green");
        await camera.FinishAsync();
        await WaitAsync(() => receiver.Posts.Count >= 2, "two posts");
        var ids = camera.Replies.Where(r => r.Event is not null).Select(r => $"{r.Event.EventId}.{r.Event.Phase.ToString().ToLowerInvariant()}");
        Assert.Equal(ids, receiver.Posts.Select(p => p.Id));
    }

    [Theory]
    [InlineData("Mars:Events:Webhooks:0:Url", "ftp://example.org")]
    [InlineData("Mars:Events:Webhooks:0:Secret", "short")]
    [InlineData("Mars:Events:Webhooks:0:SecretFile", "/nowhere/at/all")]
    [InlineData("Mars:Events:Webhooks:1:Name", "same")]
    [InlineData("Mars:Events:Mqtt:TopicPrefix", "mars/#")]
    [InlineData("Mars:Streams:Events:EnterScore", "0.2")]
    public async Task Options_ThatMakeNoSense_ServerDoesNotStart(string key, string value)
    {
        Dictionary<string, string> settings = new()
        {
            ["Mars:Events:Webhooks:0:Url"] = "http://127.0.0.1:9/",
            ["Mars:Events:Webhooks:0:Name"] = "same",
            ["Mars:Events:Webhooks:1:Url"] = "http://127.0.0.1:9/",
            [key] = value,
        };
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync([.. settings.Select(s => (s.Key, s.Value))]));
        Assert.DoesNotContain("short", failure.Message, StringComparison.Ordinal);
    }

    private static (string, string)[] Hook(Receiver receiver, string name) => [("Mars:Events:Webhooks:0:Url", receiver.Url.ToString()), ("Mars:Events:Webhooks:0:Name", name)];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
