using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mars.Server.Tests.Events;

/// <summary>What came to a <see cref="Receiver"/>.</summary>
internal sealed record ReceivedPost(string Id, string Timestamp, string? Signature, string Body)
{
    /// <summary>As "red started".</summary>
    public string Text
    {
        get
        {
            var json = JsonDocument.Parse(Body).RootElement;
            return $"{json.GetProperty("label").GetString()} {json.GetProperty("phase").GetString()!.ToLowerInvariant()}";
        }
    }
}

/// <summary>A real HTTP server on loopback that answers posts as it is told.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    /// <summary>Every post, those that were answered with an error too.</summary>
    public ConcurrentQueue<ReceivedPost> Posts { get; } = new();

    public Uri Url { get; private set; } = null!;

    /// <param name="answer">The status for post number n, from 1; may wait.</param>
    /// <param name="port">0: any.</param>
    public static async Task<Receiver> StartAsync(Func<int, HttpContext, Task<HttpStatusCode>> answer, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var receiver = new Receiver(builder.Build());
        var count = 0;
        receiver._app.MapPost("/hook", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            receiver.Posts.Enqueue(new ReceivedPost(context.Request.Headers["webhook-id"].ToString(), context.Request.Headers["webhook-timestamp"].ToString(), context.Request.Headers["webhook-signature"], body));
            context.Response.StatusCode = (int)await answer(Interlocked.Increment(ref count), context);
        });
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        receiver.Url = new Uri($"{receiver._app.Urls.Single()}/hook");
        return receiver;
    }

    public static Task<Receiver> StartAsync(HttpStatusCode status = HttpStatusCode.NoContent, int port = 0) => StartAsync((_, _) => Task.FromResult(status), port);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
