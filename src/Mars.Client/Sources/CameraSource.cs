using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>A camera: rtsp://, http(s):// or a video device. Opened again when it is lost.</summary>
internal sealed class CameraSource : IFrameSource
{
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromSeconds(1);

    // CAP_PROP_OPEN_TIMEOUT_MSEC and CAP_PROP_READ_TIMEOUT_MSEC: OpenCV's own limit is half a minute.
    private static readonly int[] Timeouts = [53, 5000, 54, 5000];

    private readonly string _address;
    private readonly TimeProvider _time;
    private VideoCapture? _capture;

    public CameraSource(string address, TimeProvider time)
    {
        _address = address;
        _time = time;
        Name = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : Path.GetFileName(address);
        _capture = Open() ?? throw new SourceException($"the camera {address} cannot be opened");
        FrameRate = _capture.Fps is > 0 and < 1000 ? _capture.Fps : 25;
    }

    public string Name { get; }

    public bool IsLive => true;

    public double FrameRate { get; }

    public bool TryRead(SourceFrame frame, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (_capture is not null && _capture.Read(frame.Pixels) && !frame.Pixels.Empty())
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

    private VideoCapture? Open()
    {
        var capture = _address.StartsWith("/dev/", StringComparison.Ordinal)
            ? new VideoCapture(_address, VideoCaptureAPIs.V4L2)
            : new VideoCapture(_address, VideoCaptureAPIs.FFMPEG, Timeouts);
        if (capture.IsOpened())
            return capture;
        capture.Dispose();
        return null;
    }
}
