using Mars.Client.Cameras;

namespace Mars.Client.Sources;

/// <summary>A camera: a video device, or one on the network. Opened when its first frame is asked for, and again whenever it is lost.</summary>
internal sealed class CameraSource : IFrameSource
{
    // A camera that gives a few frames and breaks off must not be opened every second.
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(10);

    private readonly string _address;
    private readonly SourceOptions _options;
    private readonly TimeProvider _time;
    private readonly CameraOpener _opener;
    private readonly CameraWaits _waits = new();
    private ICapture? _capture;
    private long _opened;
    private long _lost;
    private bool _reads;

    /// <exception cref="SourceException">The address is none.</exception>
    public CameraSource(string address, SourceOptions options, TimeProvider time)
    {
        _address = address;
        _options = options;
        _time = time;
        _opener = CameraOpener.Create(address, options.Capture with { SnapshotRate = options.FrameRate }, time, out var fault) ?? throw new SourceException(fault);
        Name = _opener.Name;
        _lost = time.GetTimestamp();
    }

    public string Name { get; }

    public bool IsLive => true;

    public double FrameRate => 25;

    /// <exception cref="SourceException">The camera stays lost for longer than <see cref="SourceOptions.GiveUpAfter"/>, or only the user can help.</exception>
    public bool TryRead(SourceFrame frame, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            _capture ??= _opener.Open();
            if (_capture.TryRead(frame.Pixels, cancellationToken))
            {
                Reads();
                return true;
            }
            var fault = _capture.Fault;
            _capture.Dispose();
            _capture = null;
            if (!cancellationToken.IsCancellationRequested && !_opener.FindsAnotherWay(fault))
                Wait(fault, cancellationToken);
        }
        return false;
    }

    public void Dispose() => _capture?.Dispose();

    private void Reads()
    {
        if (!_reads)
        {
            _reads = true;
            _opened = _time.GetTimestamp();
            if (_waits.Attempts > 0)
                _options.OnBack?.Invoke();
        }
        else if (_waits.Attempts > 0 && _time.GetElapsedTime(_opened) > Stable)
        {
            _waits.Reset();
        }
    }

    private void Wait(CameraFault fault, CancellationToken cancellationToken)
    {
        if (_reads)
            _lost = _time.GetTimestamp();
        _reads = false;
        var reason = CameraAddress.MaskedIn(fault.Reason, _address);
        if (fault.Kind == FaultKind.Final || _time.GetElapsedTime(_lost) >= _options.GiveUpAfter)
            throw new SourceException($"the camera {CameraAddress.Masked(_address)} cannot be read: {reason}");
        var delay = _waits.Next(fault.Kind);
        _options.OnLost?.Invoke(new CameraLost(reason, _waits.Attempts, delay));
        // On the source's own thread, so it may block; ends early when cancelled.
        using var until = new CancellationTokenSource(delay, _time);
        WaitHandle.WaitAny([cancellationToken.WaitHandle, until.Token.WaitHandle]);
    }
}
