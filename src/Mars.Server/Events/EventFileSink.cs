namespace Mars.Server.Events;

/// <summary>Writes one line of JSON an event, at once. Large files are put aside.</summary>
internal sealed class EventFileSink(EventFileOptions options) : IEventSink
{
    private FileStream? _file;

    public string Name => "file";

    public SinkScope Scope { get; } = new(options.Cameras, options.Labels);

    public TimeSpan MaxRetryDelay => TimeSpan.FromSeconds(10);

    public async Task<Delivery> DeliverAsync(SinkEvent action, CancellationToken cancellation)
    {
        byte[] line = [.. EventJson.Write(action), (byte)'\n'];
        try
        {
            if (_file?.Length >= options.MaxBytes)
                Rotate();
            _file ??= Open();
            // Not cancelled: half a line would spoil the next.
            await _file.WriteAsync(line, CancellationToken.None).ConfigureAwait(false);
            await _file.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            return Delivery.Delivered;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Delivery.Failed(exception.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync().ConfigureAwait(false);
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
        return new FileStream(options.Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }

    private void Rotate()
    {
        _file!.Dispose();
        _file = null;
        if (options.Keep == 0)
        {
            File.Delete(options.Path);
            return;
        }
        for (var i = options.Keep - 1; i >= 0; i--)
        {
            var from = i == 0 ? options.Path : $"{options.Path}.{i}";
            if (File.Exists(from))
                File.Move(from, $"{options.Path}.{i + 1}", overwrite: true);
        }
    }
}
