using Mars.V1;

namespace Mars.Client.Streaming;

/// <summary>
/// How long a decision takes: from the capture of a window's last frame to its prediction; where frames are sent as fast as they are taken
/// (their capture times say nothing then) from sending.
/// </summary>
internal sealed class DecisionClock(bool fromCapture, TimeProvider time)
{
    private readonly Queue<(ulong Sequence, long Sent)> _sent = new();

    /// <summary>Notes that a frame is being sent.</summary>
    public void Sending(Frame frame)
    {
        if (fromCapture)
            return;
        lock (_sent)
            _sent.Enqueue((frame.Sequence, time.GetTimestamp()));
    }

    /// <summary>The delay of a prediction that has just come.</summary>
    public TimeSpan Elapsed(Prediction prediction)
    {
        if (fromCapture)
            return time.GetUtcNow() - prediction.CaptureTime.ToDateTimeOffset();
        lock (_sent)
        {
            while (_sent.TryPeek(out var frame) && frame.Sequence < prediction.LastSequence)
                _sent.Dequeue();
            return _sent.TryPeek(out var last) ? time.GetElapsedTime(last.Sent) : TimeSpan.Zero;
        }
    }
}
