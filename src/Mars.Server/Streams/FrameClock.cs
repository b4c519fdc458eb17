using Google.Protobuf.WellKnownTypes;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>Checks the numbers and times that frames carry.</summary>
internal sealed class FrameClock(double frameRate)
{
    // Google.Protobuf's Timestamp covers the years 1 to 9999; outside, or with odd nanoseconds, it throws.
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;

    private ulong? _last;

    /// <summary>Why the frame cannot be used, or null and its capture time. Frames without one count as one tick of the model's clock each.</summary>
    public string? Check(Frame frame, out DateTimeOffset captureTime)
    {
        captureTime = default;
        if (_last is { } last && frame.Sequence <= last)
            return $"sequence {frame.Sequence} does not follow {last}";
        if (frame.CaptureTime is null)
            captureTime = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(Math.Min(frame.Sequence, 1e9) / frameRate);
        else if (!TryRead(frame.CaptureTime, out captureTime))
            return "capture_time is out of range";
        _last = frame.Sequence;
        return null;
    }

    /// <summary>The time in a message; false where it is none.</summary>
    public static bool TryRead(Timestamp message, out DateTimeOffset time)
    {
        var valid = message.Seconds is >= MinSeconds and <= MaxSeconds && message.Nanos is >= 0 and <= 999_999_999;
        time = valid ? message.ToDateTimeOffset() : default;
        return valid;
    }
}
