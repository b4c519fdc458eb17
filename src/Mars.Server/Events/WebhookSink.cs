using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Mars.Server.Events;

/// <summary>Posts each event to an HTTP receiver. At least once: the receiver tells repetitions by the header webhook-id.</summary>
internal sealed class WebhookSink : IEventSink
{
    private readonly Uri _url;
    private readonly byte[]? _key;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public WebhookSink(string name, WebhookOptions options, TimeProvider time)
    {
        Name = name;
        Scope = new SinkScope(options.Cameras, options.Labels);
        MaxRetryDelay = TimeSpan.FromSeconds(options.MaxRetrySeconds);
        _url = new Uri(options.Url);
        _timeout = TimeSpan.FromSeconds(options.TimeoutSeconds);
        _time = time;
        var secret = SecretText.Read(options.Secret, options.SecretFile);
        _key = secret.Length > 0 ? WebhookSignature.Key(secret) : null;
        // Redirects are not followed: what is signed for one receiver is not another's. Connections are renewed, because receivers move.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public string Name { get; }

    public SinkScope Scope { get; }

    public TimeSpan MaxRetryDelay { get; }

    public async Task<Delivery> DeliverAsync(SinkEvent action, CancellationToken cancellation)
    {
        using var request = MakeRequest(action);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_timeout);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return Judge(response);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Delivery.Failed($"no answer within {_timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException exception)
        {
            return Delivery.Failed(exception.HttpRequestError.ToString());
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private HttpRequestMessage MakeRequest(SinkEvent action)
    {
        var body = EventJson.Write(action);
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("mars", "1"));
        request.Headers.Add("webhook-id", action.DeliveryId);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        if (_key is not null)
            request.Headers.Add("webhook-signature", WebhookSignature.Sign(_key, action.DeliveryId, timestamp, body));
        return request;
    }

    // 401 or 404 may be a receiver that is being set up; these say that the event itself will never do, or that nobody wants it any more.
    private Delivery Judge(HttpResponseMessage response)
    {
        var reason = $"HTTP status {(int)response.StatusCode}";
        if (response.IsSuccessStatusCode)
            return Delivery.Delivered;
        return response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Gone or HttpStatusCode.RequestEntityTooLarge
            or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity
            ? new Delivery(DeliveryOutcome.Refused, reason)
            : Delivery.Failed(reason, RetryAfter(response));
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is not { } asked ? null : asked.Delta ?? (asked.Date - _time.GetUtcNow());
}
