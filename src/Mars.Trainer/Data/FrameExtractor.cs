using Mars.Inference.Frames;
using OpenCvSharp;

namespace Mars.Trainer.Data;

/// <summary>Writes a video's frames at 25 a second as JPEG files. A folder of numbered pictures, as Something-Something comes in, is taken frame by frame.</summary>
internal static class FrameExtractor
{
    public const double FrameRate = 25;

    public const int JpegQuality = 95;

    // As the server's default for a camera (Streams:MaxGapSeconds): longer, and what is before and after is not one motion.
    private static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(1);

    // A slower source than this many frames in MaxGap is slow throughout: its frames are repeated. Up to a limit, in seconds: containers state nonsense.
    private const double SlowestFrames = 3, LongestGap = 10;

    /// <summary>Extracts one video.</summary>
    /// <param name="source">A file, or a folder of pictures.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="shortSide">Of the stored frames, in pixels.</param>
    /// <param name="cancellation">Stops between frames.</param>
    /// <exception cref="InvalidDataException">It cannot be read, or holds no frame.</exception>
    public static ExtractedFrames Extract(string source, string folder, int shortSide, CancellationToken cancellation)
    {
        var extracted = Directory.Exists(source) ? FromPictures(source, folder, shortSide, cancellation)
            : File.Exists(source) ? FromVideo(Path.GetFullPath(source), folder, shortSide, cancellation) // a relative name with a colon looks like a protocol
            : throw new InvalidDataException("there is no such file");
        return extracted.Frames > 0 ? extracted : throw new InvalidDataException("it holds no frame");
    }

    private static ExtractedFrames FromPictures(string source, string folder, int shortSide, CancellationToken cancellation)
    {
        var pictures = Directory.GetFiles(source, "*.jpg").Where(f => Path.GetFileName(f)[0] != '.').Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < pictures.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var frame = Cv2.ImRead(pictures[i]);
            if (frame.Empty())
                throw new InvalidDataException($"{Path.GetFileName(pictures[i])} cannot be decoded");
            File.WriteAllBytes(Path.Combine(folder, FrameSet.FrameName(i)), Encode(frame, shortSide));
        }
        return new ExtractedFrames(pictures.Length, null);
    }

    private static ExtractedFrames FromVideo(string path, string folder, int shortSide, CancellationToken cancellation)
    {
        using var reader = new VideoReader(path);
        using var frame = new Mat();
        var gap = TimeSpan.FromSeconds(Math.Clamp(SlowestFrames / reader.FrameRate, MaxGap.TotalSeconds, LongestGap));
        var sampler = new FrameSampler(FrameRate, gap);
        byte[] jpeg = [];
        int written = 0, gaps = 0;
        TimeSpan last = default, missing = default, first = default;
        while (reader.TryRead(frame, out var time))
        {
            cancellation.ThrowIfCancellationRequested();
            var captured = DateTimeOffset.UnixEpoch + time;
            var sample = sampler.Sample(captured);
            if (sample.Restarted)
            {
                first = gaps++ == 0 ? last : first;
                missing += (time - last).Duration();
            }
            last = time;
            if (sample.Kind != SampleKind.Ticks)
                continue;
            Repeat(sample.RepeatPrevious);
            jpeg = Encode(frame, shortSide);
            Write();
            sampler.Accept(captured, sample);
            Repeat(sample.RepeatCurrent - 1);
        }
        Repeat(sampler.Remaining());
        return new ExtractedFrames(written, Note());

        string? Note() => gaps switch
        {
            0 => null,
            1 => $"a gap of {missing.TotalSeconds:F1} s at {first.TotalSeconds:F1} s is left out",
            _ => $"{gaps} gaps, {missing.TotalSeconds:F1} s in all, the first at {first.TotalSeconds:F1} s, are left out",
        };

        void Repeat(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Write();
                sampler.Repeat();
            }
        }

        void Write() => File.WriteAllBytes(Path.Combine(folder, FrameSet.FrameName(written++)), jpeg);
    }

    private static byte[] Encode(Mat frame, int shortSide)
    {
        var scale = (double)shortSide / Math.Min(frame.Width, frame.Height);
        using var resized = new Mat();
        var size = new Size((int)Math.Round(frame.Width * scale), (int)Math.Round(frame.Height * scale));
        Cv2.Resize(frame, resized, size, interpolation: scale < 1 ? InterpolationFlags.Area : InterpolationFlags.Cubic);
        Cv2.ImEncode(".jpg", resized, out var jpeg, new ImageEncodingParam(ImwriteFlags.JpegQuality, JpegQuality));
        return jpeg;
    }
}
