using Mars.Inference.Frames;
using Mars.Inference.Sessions;
using Mars.Trainer.Data;
using OpenCvSharp;

namespace Mars.Trainer.Benchmarking;

/// <summary>
/// Whether it matters that a large JPEG is decoded straight to a part of its size: every frame of labelled videos as a JPEG, decoded both ways, all clips recognised both ways.
/// </summary>
/// <param name="session">Of the package.</param>
/// <param name="labels">Its labels.</param>
internal sealed class DecodeBench(OrtClipSession session, IReadOnlyList<string> labels)
{
    private const int JpegQuality = 90;

    private readonly FrameDecoder _full = new(new FrameLimits(), session.Shape.Size, leastOversampling: double.PositiveInfinity);
    private readonly FrameDecoder _reduced = new(new FrameLimits(), session.Shape.Size);

    /// <param name="videos">Labelled with classes of the package.</param>
    /// <param name="progress">Told (videos done, videos in all).</param>
    /// <param name="cancellation">Stops between videos.</param>
    public DecodeComparison Run(IReadOnlyList<SourceVideo> videos, Action<int, int> progress, CancellationToken cancellation)
    {
        var total = new DecodeComparison(videos.Count, 0, 0, 0, 0, 0, 0, 0);
        for (var i = 0; i < videos.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            total = Add(total, videos[i]);
            progress(i + 1, videos.Count);
        }
        return total with { GreyLevels = total.GreyLevels / Math.Max(1, total.Frames) };
    }

    private DecodeComparison Add(DecodeComparison total, SourceVideo video)
    {
        var truth = labels.ToList().IndexOf(video.Entry.Label);
        if (truth < 0)
            throw new InvalidDataException($"{video.Path}: the package has no label '{video.Entry.Label}'");
        var full = new List<byte[]>();
        var reduced = new List<byte[]>();
        using (var reader = new VideoReader(video.Path))
        using (var frame = new Mat())
        {
            while (reader.TryRead(frame, out _))
            {
                var jpeg = frame.ImEncode(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, JpegQuality));
                full.Add(Decode(_full, jpeg));
                reduced.Add(Decode(_reduced, jpeg));
            }
        }
        if (full.Count == 0)
            throw new InvalidDataException($"{video.Path} has no frames");
        var distance = full.Zip(reduced, (f, r) => f.Zip(r, (a, b) => (double)Math.Abs(a - b)).Average());
        var (a, b) = (Answers(full), Answers(reduced));
        return total with
        {
            Frames = total.Frames + full.Count,
            Clips = total.Clips + a.Count,
            GreyLevels = total.GreyLevels + distance.Sum(),
            SameAnswer = total.SameAnswer + a.Zip(b).Count(p => Best(p.First) == Best(p.Second)),
            RightInFull = total.RightInFull + (Right(a, truth) ? 1 : 0),
            RightReduced = total.RightReduced + (Right(b, truth) ? 1 : 0),
            WorstGreyLevels = Math.Max(total.WorstGreyLevels, distance.Max()),
        };
    }

    private static byte[] Decode(FrameDecoder decoder, byte[] jpeg)
    {
        var pixels = new byte[decoder.FrameBytes];
        var status = decoder.Decode(jpeg, PixelLayout.Encoded, 0, 0, pixels);
        return status == FrameStatus.Ok ? pixels : throw new InvalidDataException($"a frame cannot be decoded: {status}");
    }

    // Non-overlapping clips; a video that is shorter than one is looped.
    private List<float[]> Answers(List<byte[]> frames)
    {
        var length = session.Shape.Length;
        var answers = new List<float[]>();
        for (var start = 0; start == 0 || start + length <= frames.Count; start += length)
        {
            for (var i = 0; i < length; i++)
                frames[(start + i) % frames.Count].CopyTo(session.Input(0)[(i * session.Shape.FrameBytes)..]);
            session.Run(1);
            answers.Add(session.Logits(0).ToArray());
        }
        return answers;
    }

    private static bool Right(List<float[]> answers, int truth) => Best(Evaluation.VideoScores.Average(answers)) == truth;

    private static int Best(float[] logits) => Array.IndexOf(logits, logits.Max());
}

/// <summary>Two ways to decode the same videos.</summary>
/// <param name="Videos">Compared.</param>
/// <param name="Frames">Compared.</param>
/// <param name="Clips">Recognised.</param>
/// <param name="GreyLevels">Mean absolute difference of a network's input.</param>
/// <param name="WorstGreyLevels">The same, of the frame that differs most.</param>
/// <param name="SameAnswer">Clips with the same first answer.</param>
/// <param name="RightInFull">Videos recognised, decoded in full.</param>
/// <param name="RightReduced">Videos recognised, decoded to a part of their size.</param>
internal sealed record DecodeComparison(int Videos, int Frames, int Clips, double GreyLevels, double WorstGreyLevels, int SameAnswer, int RightInFull, int RightReduced)
{
    public void Print()
    {
        Console.WriteLine($"{Videos} videos, {Frames} frames: mean difference {GreyLevels:F2} grey levels, {WorstGreyLevels:F2} in the frame that differs most");
        Console.WriteLine($"{Clips} clips: the same answer in {100.0 * SameAnswer / Clips:F2} %");
        Console.WriteLine($"videos recognised: {100.0 * RightInFull / Videos:F2} % decoded in full, {100.0 * RightReduced / Videos:F2} % decoded to a part of their size");
    }
}
