using Mars.Inference.Frames;
using OpenCvSharp;

namespace Mars.Trainer.Data;

/// <summary>Writes a video's frames at 25 a second as JPEG files. A folder of numbered pictures, as Something-Something comes in, is taken frame by frame.</summary>
internal static class FrameExtractor
{
    public const double FrameRate = 25;

    public const int JpegQuality = 95;

    /// <summary>Extracts one video and returns how many frames it gave.</summary>
    /// <param name="source">A file, or a folder of pictures.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="shortSide">Of the stored frames, in pixels.</param>
    /// <param name="cancellation">Stops between frames.</param>
    /// <exception cref="InvalidDataException">It cannot be read, or holds no frame.</exception>
    public static int Extract(string source, string folder, int shortSide, CancellationToken cancellation)
    {
        var frames = Directory.Exists(source) ? FromPictures(source, folder, shortSide, cancellation)
            : File.Exists(source) ? FromVideo(source, folder, shortSide, cancellation)
            : throw new InvalidDataException("there is no such file");
        return frames > 0 ? frames : throw new InvalidDataException("it holds no frame");
    }

    private static int FromPictures(string source, string folder, int shortSide, CancellationToken cancellation)
    {
        var pictures = Directory.GetFiles(source, "*.jpg").Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < pictures.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var frame = Cv2.ImRead(pictures[i]);
            if (frame.Empty())
                throw new InvalidDataException($"{Path.GetFileName(pictures[i])} cannot be decoded");
            File.WriteAllBytes(Path.Combine(folder, FrameSet.FrameName(i)), Encode(frame, shortSide));
        }
        return pictures.Length;
    }

    private static int FromVideo(string path, string folder, int shortSide, CancellationToken cancellation)
    {
        using var reader = new VideoReader(path);
        using var frame = new Mat();
        var sampler = new FrameSampler(FrameRate, TimeSpan.FromHours(1));
        byte[] jpeg = [];
        var written = 0;
        while (reader.TryRead(frame, out var time))
        {
            cancellation.ThrowIfCancellationRequested();
            var captured = DateTimeOffset.UnixEpoch + time;
            var sample = sampler.Sample(captured);
            if (sample.Kind != SampleKind.Ticks)
                continue;
            Repeat(sample.RepeatPrevious);
            jpeg = Encode(frame, shortSide);
            Write();
            sampler.Accept(captured, sample);
            Repeat(sample.RepeatCurrent - 1);
        }
        Repeat(sampler.Remaining());
        return written;

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
