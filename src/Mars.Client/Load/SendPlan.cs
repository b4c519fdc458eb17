namespace Mars.Client.Load;

/// <summary>When a camera takes and sends its frames: fixed before anything is sent, so that a slow server cannot slow down its own load.</summary>
internal sealed class SendPlan
{
    private readonly LoadOptions _options;
    private readonly TimeSpan _start;
    private readonly Random _random;
    private FrameSlot _next;

    /// <param name="options">Rate, jitter, bursts.</param>
    /// <param name="start">When the first frame is taken.</param>
    /// <param name="random">For the jitter.</param>
    public SendPlan(LoadOptions options, TimeSpan start, Random random)
    {
        _options = options;
        _start = start;
        _random = random;
        _next = Slot(1, TimeSpan.Zero);
    }

    /// <summary>The frame that is to be sent next.</summary>
    public FrameSlot Next => _next;

    /// <summary>Goes on to the frame after it.</summary>
    public void Advance() => _next = Slot(_next.Sequence + 1, _next.Send);

    /// <summary>When a frame is taken.</summary>
    public TimeSpan Capture(ulong sequence) => _start + TimeSpan.FromSeconds((sequence - 1) / _options.FrameRate);

    private FrameSlot Slot(ulong sequence, TimeSpan notBefore)
    {
        var capture = Capture(sequence);
        var send = capture + (_options.Jitter * _random.NextDouble());
        if (_options.BurstEvery > TimeSpan.Zero)
        {
            // All cameras at once: a shared uplink that hangs is the worst case.
            var since = TimeSpan.FromTicks(send.Ticks % _options.BurstEvery.Ticks);
            if (since < _options.BurstHold)
                send += _options.BurstHold - since;
        }
        return new FrameSlot(sequence, capture, send > notBefore ? send : notBefore);
    }
}
