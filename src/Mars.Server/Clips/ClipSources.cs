using Google.Protobuf;
using Mars.Inference.Frames;
using Mars.Server.Configuration;
using Mars.Server.Errors;
using Mars.Server.Streams;
using Mars.V1;
using OpenCvSharp;

namespace Mars.Server.Clips;

/// <summary>Feeds a <see cref="ClipRecognizer"/> from the two inputs that Recognize takes.</summary>
internal static class ClipSources
{
    /// <summary>Frames, by their capture times, or at the rate that the call states, or else at the model's.</summary>
    public static async Task AddFramesAsync(ClipRecognizer recognizer, FrameSequence input, double modelRate, StreamOptions options, CancellationToken cancellation)
    {
        if (input.Frames.Count == 0)
            throw RpcErrors.Invalid("frames.frames", "is empty");
        if (input.FrameRate is not (>= 0 and <= 1000))
            throw RpcErrors.Invalid("frames.frame_rate", "must be between 0 and 1000 frames per second");
        var timed = input.FrameRate == 0 && input.Frames.All(f => f.CaptureTime is not null);
        var rate = input.FrameRate > 0 ? input.FrameRate : modelRate;
        var decoder = new FrameDecoder(options.ToFrameLimits(), recognizer.FrameSide);
        DateTimeOffset? first = null;
        for (var i = 0; i < input.Frames.Count; i++)
        {
            var frame = input.Frames[i];
            var time = timed ? CaptureTime(frame, i) : DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(i / rate);
            first ??= time;
            CheckLength(time - first.Value, options);
            var status = await recognizer.AddAsync(
                frame.Sequence,
                time,
                timed,
                slot => decoder.Decode(frame.Data.Span, FrameLayout.Of(frame.Format), frame.Width, frame.Height, slot),
                cancellation).ConfigureAwait(false);
            if (status != FrameStatus.Ok)
                throw RpcErrors.Invalid($"frames.frames[{i}]", FrameLayout.Describe(status, frame, options));
        }
    }

    /// <summary>A short encoded video; gives the number of its frames. FFmpeg reads files only, so it lies in the temporary folder for the length of the call.</summary>
    public static async Task<int> AddVideoAsync(
        ClipRecognizer recognizer, ByteString video, StreamOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        if (video.IsEmpty)
            throw RpcErrors.Invalid("video", "is empty");
        var path = Path.Combine(Path.GetTempPath(), $"mars-{Guid.NewGuid():N}.video");
        try
        {
            await File.WriteAllBytesAsync(path, video.Memory, cancellation).ConfigureAwait(false);
            using var reader = Open(path);
            using var bgr = new Mat();
            var decoder = new FrameDecoder(options.ToFrameLimits(), recognizer.FrameSide);
            TimeSpan? first = null;
            if ((long)reader.Width * reader.Height > options.MaxFramePixels)
                throw RpcErrors.Invalid("video", $"has frames of {reader.Width}x{reader.Height}: {options.MaxFramePixels} pixels is the limit");
            var sequence = 0;
            var decoding = TimeSpan.Zero;
            while (TryRead(out var time))
            {
                first ??= time;
                CheckLength(time - first.Value, options);
                var status = await recognizer.AddAsync((ulong)++sequence, DateTimeOffset.UnixEpoch + time, false, slot => decoder.Decode(bgr, slot), cancellation).ConfigureAwait(false);
                if (status != FrameStatus.Ok)
                    throw RpcErrors.Invalid("video", $"frame {sequence} cannot be used: {status}");
            }
            if (sequence == 0)
                throw RpcErrors.Invalid("video", "has no frame that can be decoded");
            return sequence;

            // A small file may hold what takes minutes: the wait for the model is not counted, the decoder's work is.
            bool TryRead(out TimeSpan time)
            {
                var start = clock.GetTimestamp();
                var more = reader.TryRead(bgr, out time);
                decoding += clock.GetElapsedTime(start);
                return decoding.TotalSeconds > options.MaxDecodeSeconds ? throw RpcErrors.Invalid("video", $"takes more than {options.MaxDecodeSeconds} s to decode") : more;
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static VideoReader Open(string path)
    {
        try
        {
            return new VideoReader(path);
        }
        catch (InvalidDataException)
        {
            throw RpcErrors.Invalid("video", "is not a video that FFmpeg can read");
        }
    }

    private static DateTimeOffset CaptureTime(Frame frame, int index) => FrameClock.TryRead(frame.CaptureTime, out var time)
        ? time
        : throw RpcErrors.Invalid($"frames.frames[{index}].capture_time", "is out of range");

    private static void CheckLength(TimeSpan length, StreamOptions options)
    {
        if (length.TotalSeconds > options.MaxVideoSeconds)
            throw RpcErrors.Invalid("input", $"is longer than {options.MaxVideoSeconds} s: send it as a stream");
    }
}
