namespace Mars.Client.Sources;

/// <summary>A camera: a video device, or one on the network. Opened again when it is lost.</summary>
internal sealed class CameraSource : IFrameSource
{
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromSeconds(1);

    private readonly string _address;
    private readonly TimeProvider _time;
    private ICapture? _capture;

    /// <summary>Opens a camera and waits for its first frame, so that a wrong address is told at once.</summary>
    /// <exception cref="SourceException">It cannot be opened.</exception>
    public CameraSource(string address, TimeProvider time)
    {
        _address = address;
        _time = time;
        Name = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : Path.GetFileName(CameraAddress.Masked(address));
        _capture = Open();
        using var first = new SourceFrame();
        if (_capture.TryRead(first.Pixels, CancellationToken.None))
            return;
        var fault = _capture.Fault;
        _capture.Dispose();
        throw new SourceException($"the camera {CameraAddress.Masked(address)} cannot be opened: {CameraAddress.MaskedIn(fault, address)}");
    }

    public string Name { get; }

    public bool IsLive => true;

    public double FrameRate => 25;

    public bool TryRead(SourceFrame frame, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (_capture is not null && _capture.TryRead(frame.Pixels, cancellationToken))
                return true;
            _capture?.Dispose();
            _capture = null;
            // On the source's own thread, so it may block; ends early when cancelled.
            using var delay = new CancellationTokenSource(ReopenDelay, _time);
            WaitHandle.WaitAny([cancellationToken.WaitHandle, delay.Token.WaitHandle]);
            if (!cancellationToken.IsCancellationRequested)
                _capture = Open();
        }
        return false;
    }

    public void Dispose() => _capture?.Dispose();

    private ICapture Open() => _address.StartsWith("/dev/", StringComparison.Ordinal) ? new DeviceCapture(_address) : new FfmpegCapture(_address, _time);
}
