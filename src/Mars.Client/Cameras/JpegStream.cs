namespace Mars.Client.Cameras;

/// <summary>An endless response of JPEG pictures (MJPEG), in parts or one after another.</summary>
internal sealed class JpegStream(HttpResponseMessage response, Stream body) : IPictureReader
{
    // A part of another kind, audio for instance, is smaller.
    private const long MaxBetween = 4 << 20;

    private readonly JpegSplitter _splitter = new();

    /// <summary>Pictures read.</summary>
    public int Pictures { get; private set; }

    /// <summary>Whether the camera has ended the response.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether the response begins as a picture or a part does, whatever its content type says.</summary>
    public async Task<bool> BeginsAsOneAsync(CancellationToken cancellationToken)
    {
        while (!Ended && _splitter.Length < 8)
            await FillAsync(cancellationToken);
        return _splitter.BeginsAsPictures;
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> picture;
        while (!_splitter.TryTake(out picture))
        {
            if (_splitter.Skipped > MaxBetween)
                throw new CameraException($"no JPEG picture in {_splitter.Skipped >> 20} MiB of the stream");
            if (Ended)
                throw new CameraException("the camera ended the stream");
            await FillAsync(cancellationToken);
        }
        Pictures++;
        return picture;
    }

    /// <summary>The whole response, for another reader, where <see cref="ReadAsync"/> was never called.</summary>
    public Stream Rest() => new ResumedStream(_splitter.Unread(), body);

    public void Dispose() => response.Dispose();

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var count = await body.ReadAsync(_splitter.Room(), cancellationToken);
        _splitter.Added(count);
        Ended = count == 0;
    }
}
