using Mars.Inference.Frames;
using Mars.Server.Configuration;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>The wire's words about frames in the engine's, and back.</summary>
internal static class FrameLayout
{
    /// <summary>The reason for a frame whose number or time does not grow.</summary>
    public const string OutOfOrder = "out_of_order";

    /// <summary>The reason for a frame that was captured before one that is here.</summary>
    public const string Late = "late";

    /// <summary>The reason for a frame that is beyond what its caller may send.</summary>
    public const string Rate = "rate";

    public static PixelLayout Of(PixelFormat format) => format switch
    {
        PixelFormat.Rgb24 => PixelLayout.Rgb24,
        PixelFormat.Bgr24 => PixelLayout.Bgr24,
        _ => PixelLayout.Encoded,
    };

    /// <summary>Why frames are rejected, as tags of metrics.</summary>
    public static IReadOnlyList<string> Reasons { get; } = [OutOfOrder, Late, Rate, .. Enum.GetValues<FrameStatus>().Where(s => s != FrameStatus.Ok).Select(Reason)];

    public static string Reason(FrameStatus status) => status switch
    {
        FrameStatus.Empty => "empty",
        FrameStatus.UnknownFormat => "unknown_format",
        FrameStatus.Truncated => "truncated",
        FrameStatus.BadSize => "bad_size",
        FrameStatus.WrongLength => "wrong_length",
        _ => "corrupt",
    };

    /// <summary>Why a frame cannot be used, for whoever sent it.</summary>
    public static string Describe(FrameStatus status, Frame frame, StreamOptions options) => status switch
    {
        FrameStatus.Empty => "the frame has no data",
        FrameStatus.UnknownFormat => "the data is neither JPEG nor PNG; for raw pixels say format, width and height",
        FrameStatus.Truncated => "the picture is cut off before its end",
        FrameStatus.BadSize => $"a side must be {options.MinFrameSide} to {options.MaxFrameSide} pixels, and all together at most {options.MaxFramePixels}",
        FrameStatus.WrongLength => $"{frame.Width} x {frame.Height} raw pixels are {3L * frame.Width * frame.Height} bytes, the frame has {frame.Data.Length}",
        _ => "the picture cannot be decoded",
    };
}
