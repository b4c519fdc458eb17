using System.Net;
using System.Net.Http.Headers;
using Mars.Server.Dashboard;
using Mars.Server.Security;
using Mars.Server.Streams;
using Mars.Server.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Mars.Page.Tests;

/// <summary>What is served, and what is not, without a browser.</summary>
public sealed class ServedPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_AreServedWithAPolicyThatLetsNothingIn_AndOnlyOnce()
    {
        await using var server = await RunningServer.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        foreach (var path in (string[])["/", "/page/page.js", "/page/page.css", "/page/mars.svg"])
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("default-src 'none'; script-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
            using var unchanged = await http.SendAsync(again, Stop);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }
        var index = await http.GetStringAsync(new Uri("/", UriKind.Relative), Stop);
        Assert.DoesNotContain("style=", index, StringComparison.Ordinal);
        Assert.DoesNotContain("//", index.Replace("rtsp://", "", StringComparison.Ordinal), StringComparison.Ordinal); // nothing from elsewhere
    }

    [Fact]
    public async Task SwitchedOff_NothingIsThere()
    {
        await using var server = await RunningServer.StartUnreadyAsync(("Mars:Page:Enabled", "false"));
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        foreach (var path in (string[])["/", "/page/page.js", "/live/events", "/live/camera?id=a"])
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), Stop);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task PicturesOff_AsItIsUnlessSaidOtherwise_NoneIsSent()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        await camera.SendAsync(1, 20);
        await camera.WaitForAsync(r => r.Prediction is not null);
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var response = await http.GetAsync(new Uri("/live/picture?camera=a", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task TooManyViewers_TheNextIsToldToWait_AndComesInWhenOneHasLeft()
    {
        await using var server = await RunningServer.StartAsync(("Mars:Page:MaxViewers", "1"));
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        var events = new Uri("/live/events", UriKind.Relative);
        using (var first = await http.GetAsync(events, HttpCompletionOption.ResponseHeadersRead, Stop))
        {
            Assert.Equal("text/event-stream", first.Content.Headers.ContentType?.MediaType);
            using var second = await http.GetAsync(events, HttpCompletionOption.ResponseHeadersRead, Stop);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(10), second.Headers.RetryAfter?.Delta);
        }
        for (var i = 0; ; i++)
        {
            using var third = await http.GetAsync(events, HttpCompletionOption.ResponseHeadersRead, Stop);
            if (third.StatusCode == HttpStatusCode.OK)
                break;
            Assert.True(i < 200, "the place of the viewer that left is still taken");
            await Task.Delay(50, Stop);
        }
    }

    // Browsers that take nothing in, and a camera that wants every window answered.
    [Fact]
    public async Task ViewersThatDoNotRead_SlowNoCamera()
    {
        await using var server = await RunningServer.StartAsync(("Mars:Page:UpdateMilliseconds", "50"));
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        var stuck = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => http.GetAsync(new Uri("/live/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Stop)));
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        await camera.SendAsync(1, 100);
        await camera.FinishAsync();
        Assert.Equal(22, camera.Predictions.Count());
        Array.ForEach(stuck, s => s.Dispose());
    }

    [Fact]
    public async Task Stopping_AnOpenPage_DoesNotHoldUpTheServer()
    {
        await using var server = await RunningServer.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var response = await http.GetAsync(new Uri("/live/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Stop);
        var reading = response.Content.ReadAsStringAsync(Stop);
        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(12), Stop); // the grace for streams is 15 s
        Assert.EndsWith("}", (await reading).Trim(), StringComparison.Ordinal);
        Assert.Contains("\"draining\":true", await reading, StringComparison.Ordinal);
    }

    // A browser asks for a name and a password, which is the key, and sends them with everything from then on.
    [Fact]
    public async Task Callers_SeeTheCamerasThatTheyMaySee_AndStrangersNothing()
    {
        var (guard, camera) = (ApiKey.Create(), ApiKey.Create());
        await using var server = await RunningServer.StartAsync(
            ("Mars:Security:Callers:guard:Key", ApiKey.Write(ApiKey.Hash(guard))), ("Mars:Security:Callers:guard:Roles:0", "viewer:door-*"),
            ("Mars:Security:Callers:camera:Key", ApiKey.Write(ApiKey.Hash(camera))), ("Mars:Security:Callers:camera:Roles:0", "publisher"));
        var histories = server.Services.GetRequiredService<CameraHistories>();
        var registry = server.Services.GetRequiredService<CameraRegistry>();
        foreach (var id in (string[])["door-1", "vault"])
            registry.Open(new CameraStatus(id, new V1.ModelRef { Name = "m", Version = "1" }, TimeProvider.System), new CancellationTokenSource());
        for (var i = 0; i < 200 && histories.Past("vault") is null; i++)
            await Task.Delay(50, Stop);

        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        foreach (var path in (string[])["/", "/page/page.js", "/live/events", "/live/camera?id=door-1", "/live/picture?camera=door-1", "/live/activation-map?camera=door-1"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(null, path));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(camera, path));
        }
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(guard, "/"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(guard, "/live/camera?id=door-1"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(guard, "/live/camera?id=vault"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(guard, "/live/picture?camera=vault"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(guard, "/live/activation-map?camera=vault"));

        using var request = Request(guard, "/live/events");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Stop));
        string? first;
        do
            first = await reader.ReadLineAsync(Stop);
        while (first?.StartsWith("data:", StringComparison.Ordinal) == false);
        Assert.Contains("door-1", first, StringComparison.Ordinal);
        Assert.DoesNotContain("vault", first, StringComparison.Ordinal);

        HttpRequestMessage Request(string? key, string path)
        {
            var message = new HttpRequestMessage(HttpMethod.Get, path);
            if (key is not null)
                message.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"anyone:{key}")));
            return message;
        }

        async Task<HttpStatusCode> StatusAsync(string? key, string path)
        {
            using var asked = Request(key, path);
            using var answer = await http.SendAsync(asked, HttpCompletionOption.ResponseHeadersRead, Stop);
            return answer.StatusCode;
        }
    }
}
