using System.Buffers.Binary;

namespace Mars.Inference.Frames;

/// <summary>
/// The size that a JPEG or PNG states of itself, read without decoding, and whether its end is there: libjpeg paints what is missing grey and
/// says nothing, and a network would take the grey for the world.
/// </summary>
internal readonly record struct ImageHeader(FrameStatus Status, int Width, int Height, bool IsJpeg = false)
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    public static ImageHeader Read(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return new(FrameStatus.Empty, 0, 0);
        if (data.StartsWith(PngSignature))
            return ReadPng(data);
        return data.Length >= 2 && data[0] == 0xFF && data[1] == 0xD8 ? ReadJpeg(data) : new(FrameStatus.UnknownFormat, 0, 0);
    }

    // ISO/IEC 15948: chunks of length 4, name 4, that many bytes, checksum 4; the first is IHDR (width 4, height 4), the last is IEND. All are walked here, because
    // OpenCV takes as much memory as a chunk says it is long, up to 4 GB and many seconds for a frame of 3 kB.
    private static ImageHeader ReadPng(ReadOnlySpan<byte> data)
    {
        if (data.Length < 33 || !data.Slice(12, 4).SequenceEqual("IHDR"u8))
            return new(FrameStatus.Corrupt, 0, 0);
        var width = BinaryPrimitives.ReadInt32BigEndian(data[16..]);
        var height = BinaryPrimitives.ReadInt32BigEndian(data[20..]);
        for (var at = PngSignature.Length; at + 12 <= data.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(data[at..]);
            if (length > data.Length - at - 12)
                return new(FrameStatus.Truncated, width, height);
            if (data.Slice(at + 4, 4).SequenceEqual("IEND"u8))
                return new(FrameStatus.Ok, width, height);
            at += 12 + (int)length;
        }
        return new(FrameStatus.Truncated, width, height);
    }

    // ITU T.81 annex B: marker segments up to the start of scan; a start of frame (C0-CF but for C4, C8, CC) holds height and width.
    private static ImageHeader ReadJpeg(ReadOnlySpan<byte> data)
    {
        int width = 0, height = 0;
        var at = 2;
        while (at + 4 <= data.Length)
        {
            if (data[at] != 0xFF)
                return new(FrameStatus.Corrupt, 0, 0);
            var marker = data[at + 1];
            if (marker is 0xFF or 0x01 or (>= 0xD0 and <= 0xD7))
            {
                at += marker == 0xFF ? 1 : 2; // fill bytes and markers without a length
                continue;
            }
            var length = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 2)..]);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (at + 9 > data.Length)
                    return new(FrameStatus.Truncated, 0, 0);
                height = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 5)..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 7)..]);
            }
            if (marker == 0xDA)
            {
                if (width == 0 || height == 0)
                    return new(FrameStatus.Corrupt, 0, 0);
                return new(data[at..].LastIndexOf(JpegEnd) >= 0 ? FrameStatus.Ok : FrameStatus.Truncated, width, height, IsJpeg: true);
            }
            at += 2 + length;
        }
        return new(FrameStatus.Truncated, width, height);
    }
}
