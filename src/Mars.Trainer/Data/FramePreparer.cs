using System.Collections.Concurrent;

namespace Mars.Trainer.Data;

/// <summary>Extracts the frames of a whole data set, several videos at once; goes on where an interrupted run stopped.</summary>
internal static class FramePreparer
{
    /// <param name="source">See <see cref="SourceVideos"/>.</param>
    /// <param name="output">Becomes a folder that <see cref="FrameSet.Load"/> reads.</param>
    /// <param name="shortSide">Of the stored frames, in pixels (256 in the paper).</param>
    /// <param name="jobs">Videos at once.</param>
    /// <param name="progress">Told (videos done, videos in all).</param>
    /// <param name="cancellation">Stops between frames; finished videos stay.</param>
    /// <returns>The set, and the videos that could not be read with the reason.</returns>
    public static (FrameSet Set, IReadOnlyList<(string Video, string Reason)> Broken) Run(
        string source, string output, int shortSide, int jobs, Action<int, int> progress, CancellationToken cancellation)
    {
        var (videos, labels) = SourceVideos.Find(source);
        Directory.CreateDirectory(output);
        var extractor = new FrameExtractor(output, shortSide);
        var frames = new int[videos.Count];
        var broken = new ConcurrentBag<(string, string)>();
        var done = 0;
        progress(0, videos.Count);
        Parallel.For(0, videos.Count, new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation }, i =>
        {
            try
            {
                frames[i] = extractor.Finished(videos[i].Entry);
                if (frames[i] == 0)
                    frames[i] = extractor.Extract(videos[i], cancellation);
            }
            catch (Exception e) when (e is InvalidDataException or OpenCvSharp.OpenCVException)
            {
                broken.Add((videos[i].Path, e.Message));
            }
            progress(Interlocked.Increment(ref done), videos.Count);
        });
        var entries = videos.Select((v, i) => v.Entry with { Frames = frames[i] }).Where(e => e.Frames > 0);
        File.WriteAllLines(Path.Combine(output, FrameSet.LabelsName), labels);
        VideosCsv.Write(Path.Combine(output, VideosCsv.FileName), entries);
        return (FrameSet.Load(output), [.. broken.Order()]);
    }
}
