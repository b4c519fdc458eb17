using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mars.V1;

namespace Mars.Client.Tests.Support;

/// <summary>Frames of one colour.</summary>
internal static class TestFrames
{
    private const int Side = 16;

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Frame number <paramref name="sequence"/> (from 1) of a camera of <paramref name="rate"/> frames a second.</summary>
    public static Frame Make(ulong sequence, double rate = 25, int colour = 0) => new()
    {
        Sequence = sequence,
        CaptureTime = Timestamp.FromDateTimeOffset(Start + TimeSpan.FromSeconds((sequence - 1) / rate)),
        Format = PixelFormat.Rgb24,
        Width = Side,
        Height = Side,
        Data = ByteString.CopyFrom([.. Enumerable.Range(0, Side * Side * 3).Select(i => (byte)(i % 3 == colour ? 200 : 20))]),
    };
}
