using System.Globalization;
using Mars.Inference.Frames;
using OpenCvSharp;

namespace Mars.Trainer.Data;

/// <summary>Writes a video's frames at 25 a second as JPEG files, named as the authors name them. The file n_frames comes last and says that the others are all there.</summary>
internal sealed class FrameExtractor(string output, int shortSide)
{
    public const double FrameRate = 25;

    private const int JpegQuality = 95;

    /// <summary>Frames of a video that an earlier run has finished, else 0.</summary>
    public int Finished(VideoEntry video)
    {
        var count = Path.Combine(output, video.Video, FrameSet.CountName);
        return File.Exists(count) && int.TryParse(File.ReadAllText(count), CultureInfo.InvariantCulture, out var frames) ? frames : 0;
    }

    /// <summary>Extracts one video and returns how many frames it gave.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or holds no frame.</exception>
    public int Extract(SourceVideo video, CancellationToken cancellation)
    {
        var folder = Path.Combine(output, video.Entry.Video);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true); // what an interrupted run left
        Directory.CreateDirectory(folder);
        try
        {
            var frames = WriteFrames(video.Path, folder, cancellation);
            if (frames == 0)
                throw new InvalidDataException("it holds no frame");
            File.WriteAllText(Path.Combine(folder, FrameSet.CountName), frames.ToString(CultureInfo.InvariantCulture));
            return frames;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private int WriteFrames(string path, string folder, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw new InvalidDataException("there is no such file");
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
            jpeg = Encode(frame);
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

    private byte[] Encode(Mat frame)
    {
        var scale = (double)shortSide / Math.Min(frame.Width, frame.Height);
        using var resized = new Mat();
        var size = new Size((int)Math.Round(frame.Width * scale), (int)Math.Round(frame.Height * scale));
        Cv2.Resize(frame, resized, size, interpolation: scale < 1 ? InterpolationFlags.Area : InterpolationFlags.Cubic);
        Cv2.ImEncode(".jpg", resized, out var jpeg, new ImageEncodingParam(ImwriteFlags.JpegQuality, JpegQuality));
        return jpeg;
    }
}
