using Google.Protobuf.WellKnownTypes;
using Mars.Inference.Windowing;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>What is counted about one camera. Written by its session, read by whoever lists cameras.</summary>
internal sealed class CameraStatus(string cameraId, ModelRef model, TimeProvider time)
{
    private readonly RateMeter _received = new(time);
    private readonly RateMeter _answered = new(time);
    private readonly DateTimeOffset _opened = time.GetUtcNow();
    private long _framesReceived;
    private long _framesRejected;
    private long _windowsAnswered;
    private long _windowsDropped;
    private long _lastFrameTicks;

    public string CameraId { get; } = cameraId;

    /// <summary>The version that answers.</summary>
    public ModelRef Model { get; set; } = model;

    public bool Connected { get; set; } = true;

    /// <summary>How long no frame has come.</summary>
    public TimeSpan Silence
    {
        get
        {
            var last = Interlocked.Read(ref _lastFrameTicks);
            return time.GetUtcNow() - (last == 0 ? _opened : new DateTimeOffset(last, TimeSpan.Zero));
        }
    }

    /// <summary>Its last frames while it is connected.</summary>
    public FrameRing? Frames { get; set; }

    public void FrameReceived()
    {
        Interlocked.Increment(ref _framesReceived);
        Interlocked.Exchange(ref _lastFrameTicks, time.GetUtcNow().UtcTicks);
        _received.Mark();
    }

    public void FrameRejected() => Interlocked.Increment(ref _framesRejected);

    public void WindowAnswered()
    {
        Interlocked.Increment(ref _windowsAnswered);
        _answered.Mark();
    }

    public void WindowDropped() => Interlocked.Increment(ref _windowsDropped);

    public CameraState ToMessage()
    {
        var last = Interlocked.Read(ref _lastFrameTicks);
        return new CameraState
        {
            CameraId = CameraId,
            Model = Model,
            Connected = Connected,
            ReceivedRate = _received.Read(),
            AnsweredRate = _answered.Read(),
            FramesReceived = (ulong)Interlocked.Read(ref _framesReceived),
            FramesRejected = (ulong)Interlocked.Read(ref _framesRejected),
            WindowsAnswered = (ulong)Interlocked.Read(ref _windowsAnswered),
            WindowsDropped = (ulong)Interlocked.Read(ref _windowsDropped),
            LastFrameTime = last == 0 ? null : Timestamp.FromDateTimeOffset(new DateTimeOffset(last, TimeSpan.Zero)),
        };
    }
}
