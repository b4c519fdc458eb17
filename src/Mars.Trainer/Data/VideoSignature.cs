using System.Text;

namespace Mars.Trainer.Data;

/// <summary>
/// What a file cannot be a video for, by its first bytes. No list of endings: cameras and phones have many, and a decoder reads more than anybody lists. But text and
/// still pictures are left out before a decoder sees them, because FFmpeg makes a video of either.
/// </summary>
internal static class VideoSignature
{
    private const int Head = 4096;

    /// <summary>Why a file is not a video; null if it may be one.</summary>
    public static string? WhyNot(string path)
    {
        var name = Path.GetFileName(path);
        if (name.StartsWith('.'))
            return "hidden";
        try
        {
            if (new FileInfo(path).Length == 0) // devices and pipes too, which must not be opened
                return "empty";
            using var file = File.OpenRead(path);
            Span<byte> buffer = stackalloc byte[Head];
            return WhyNot(buffer[..file.ReadAtLeast(buffer, Head, throwOnEndOfStream: false)], Path.GetExtension(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {e.Message}";
        }
    }

    private static string? WhyNot(ReadOnlySpan<byte> head, string ending)
    {
        if (IsPicture(head) && !ending.StartsWith(".mj", StringComparison.OrdinalIgnoreCase)) // .mjpg, .mjpeg: one JPEG after the other
            return "a picture";
        return IsText(head) ? "text" : null;
    }

    private static bool IsPicture(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) || head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])
        || head.StartsWith("BM"u8) || head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) || (head.Length > 12 && head.StartsWith("RIFF"u8) && head[8..12].SequenceEqual("WEBP"u8));

    // UTF-8 without control characters, or any UTF with a byte order mark. A character may be cut at the end of the head.
    private static bool IsText(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return true;
        while (!head.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(head, out var rune, out var length);
            if (status == System.Buffers.OperationStatus.NeedMoreData)
                return true;
            if (status != System.Buffers.OperationStatus.Done || (rune.Value < ' ' && rune.Value is not ('\t' or '\n' or '\r' or '\f' or 0x1B)))
                return false;
            head = head[length..];
        }
        return true;
    }
}
