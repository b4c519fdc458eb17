using System.Net;
using System.Net.Http.Headers;

namespace Mars.Client.Cameras;

/// <summary>An address that gives one picture a request: asked again and again, over one connection. Pictures that have not changed are passed over.</summary>
/// <param name="http">With the camera's login.</param>
/// <param name="address">Of the picture.</param>
/// <param name="first">The response to the first request; null where it has been read.</param>
/// <param name="rate">Requests per second, at most.</param>
/// <param name="time">The clock.</param>
internal sealed class SnapshotPoller(HttpClient http, Uri address, HttpResponseMessage? first, double rate, TimeProvider time) : IPictureReader
{
    private HttpResponseMessage? _response = first;
    private EntityTagHeaderValue? _tag;
    private DateTimeOffset? _modified;
    private byte[] _last = [];
    private long _asked = time.GetTimestamp();

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var response = _response ?? await AskAsync(cancellationToken);
            _response = null;
            if (response.StatusCode == HttpStatusCode.NotModified)
                continue;
            CameraHttp.Check(response);
            if (response.Content.Headers.ContentType?.MediaType is { } type && !type.StartsWith("image/", StringComparison.OrdinalIgnoreCase))
                throw new CameraException($"the camera answers with {type} and no picture");
            (_tag, _modified) = (response.Headers.ETag, response.Content.Headers.LastModified);
            await response.Content.LoadIntoBufferAsync(JpegSplitter.MaxPicture, cancellationToken);
            var picture = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (picture.AsSpan().SequenceEqual(_last))
                continue;
            _last = picture;
            return picture;
        }
    }

    public void Dispose() => _response?.Dispose();

    private async Task<HttpResponseMessage> AskAsync(CancellationToken cancellationToken)
    {
        var early = TimeSpan.FromSeconds(1 / rate) - time.GetElapsedTime(_asked);
        if (early > TimeSpan.Zero)
            await Task.Delay(early, time, cancellationToken);
        _asked = time.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (_tag is not null)
            request.Headers.IfNoneMatch.Add(_tag);
        else if (_modified is not null)
            request.Headers.IfModifiedSince = _modified;
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
