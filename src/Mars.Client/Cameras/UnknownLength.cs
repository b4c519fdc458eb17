namespace Mars.Client.Cameras;

/// <summary>A response of the type image/jpeg without a length: pictures one after another, or one, in which case the address is polled.</summary>
internal sealed class UnknownLength(JpegStream stream, Func<SnapshotPoller> poll) : IPictureReader
{
    private IPictureReader _reader = stream;

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadAsync(cancellationToken);
        }
        catch (CameraException) when (_reader == stream && stream is { Ended: true, Pictures: <= 1 })
        {
            stream.Dispose();
            _reader = poll();
            return await _reader.ReadAsync(cancellationToken);
        }
    }

    public void Dispose() => _reader.Dispose();
}
