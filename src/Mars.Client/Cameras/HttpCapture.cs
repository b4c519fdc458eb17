using OpenCvSharp;

namespace Mars.Client.Cameras;

/// <summary>A camera at an http:// or https:// address: pictures in a stream (MJPEG) or one a request are read here, everything else by ffmpeg.</summary>
internal sealed class HttpCapture(CameraAddress address, CaptureOptions options, TimeProvider time) : ICapture
{
    // A picture that the network has damaged is left out; a stream of them is no stream.
    private const int MaxBroken = 25;

    private readonly HttpClient _http = CameraHttp.Client(address);
    private readonly CancellationTokenSource _silence = new(options.FirstFrame, time);
    private IPictureReader? _pictures;
    private HttpResponseMessage? _response;
    private FfmpegCapture? _other;
    private CameraFault _fault;
    private bool _any;

    public CameraFault Fault => _other?.Fault ?? _fault;

    public bool TryRead(Mat bgr, CancellationToken cancellationToken)
    {
        if (_other is not null)
            return _other.TryRead(bgr, cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _silence.Token);
        try
        {
            // The source's own thread: it may block.
            _pictures ??= OpenAsync(limit.Token).GetAwaiter().GetResult();
            if (_pictures is null)
                return (_other ??= new FfmpegCapture(address, options, time)).TryRead(bgr, cancellationToken);
            ReadPicture(bgr, limit.Token);
            _any = true;
            _silence.CancelAfter(options.Silence);
            return true;
        }
        catch (CameraException error)
        {
            _fault = error.Fault;
        }
        catch (OperationCanceledException)
        {
            _fault = CameraFault.Lost(CameraFaults.Silent(_any ? options.Silence : options.FirstFrame, !_any));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidOperationException)
        {
            _fault = CameraFault.Lost(CameraHttp.Explain(error));
        }
        return false;
    }

    public void Dispose()
    {
        _pictures?.Dispose();
        _other?.Dispose();
        _response?.Dispose();
        _http.Dispose();
        _silence.Dispose();
    }

    private void ReadPicture(Mat bgr, CancellationToken cancellationToken)
    {
        for (var broken = 0; broken < MaxBroken; broken++)
        {
            var picture = _pictures!.ReadAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
            using var decoded = Mat.ImDecode(picture.Span);
            if (decoded.Empty())
                continue;
            decoded.CopyTo(bgr);
            return;
        }
        throw new CameraException($"{MaxBroken} pictures in a row cannot be decoded");
    }

    /// <returns>Null where ffmpeg is to read the address.</returns>
    private async Task<IPictureReader?> OpenAsync(CancellationToken cancellationToken)
    {
        var uri = new Uri(address.Plain);
        HttpResponseMessage response;
        try
        {
            response = await _http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded)
        {
            return null; // ffmpeg is content with less
        }
        try
        {
            CameraHttp.Check(response);
            var reader = await ReaderAsync(uri, response, cancellationToken);
            if (_other is not null)
                _response = response;
            else if (reader is null)
                response.Dispose();
            return reader;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<IPictureReader?> ReaderAsync(Uri uri, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // As it is sent: the boundaries of some cameras are no valid parameters.
        var type = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString().Split(';')[0].Trim().ToUpperInvariant() : "";
        var jpeg = type.Contains("JPEG", StringComparison.Ordinal) || type.Contains("JPG", StringComparison.Ordinal);
        var image = type.StartsWith("IMAGE/", StringComparison.Ordinal);
        if (image && (!jpeg || response.Content.Headers.ContentLength is not null))
            return new SnapshotPoller(_http, uri, response, options.SnapshotRate, time);
        if (type is "TEXT/HTML")
            throw new CameraException("the address is that of a web page (text/html); give that of the camera's stream or snapshot");
        var stream = new JpegStream(response, await response.Content.ReadAsStreamAsync(cancellationToken));
        if (image)
            return new UnknownLength(stream, () => new SnapshotPoller(_http, uri, null, options.SnapshotRate, time));
        if (jpeg || type.StartsWith("MULTIPART/", StringComparison.Ordinal) || await stream.BeginsAsOneAsync(cancellationToken))
            return stream;
        // A recording has a length, which ffmpeg seeks in, and a playlist names other addresses. Another live stream goes on as it is: its camera may allow one connection only.
        if (response.Content.Headers.ContentLength is null && !type.Contains("MPEGURL", StringComparison.Ordinal) && !type.Contains("DASH", StringComparison.Ordinal))
            _other = new FfmpegCapture(address, options, time, stream.Rest());
        return null;
    }
}
