using System.Collections.Concurrent;
using System.Globalization;
using static TorchSharp.torch;

namespace Mars.Trainer.Data;

/// <summary>
/// Extracts frames and flow of a whole data set, several videos at once. A video's file <c>done</c> comes last, so that an interrupted run goes on where it was,
/// and any number of processes may fill one folder, each with its shard.
/// </summary>
internal sealed class FramePreparer(string output, PrepareOptions options)
{
    /// <param name="source">See <see cref="SourceVideos"/>.</param>
    /// <param name="progress">Told (videos done, videos of this shard).</param>
    /// <param name="cancellation">Stops between frames; finished videos stay.</param>
    public PreparedSet Run(string source, Action<int, int> progress, CancellationToken cancellation)
    {
        var list = SourceVideos.Find(source);
        Directory.CreateDirectory(output);
        var mine = list.Videos.Where((_, i) => i % options.Shard.Count == options.Shard.Index - 1).ToList();
        var open = mine.Where(v => !IsPrepared(v, out _)).ToList();
        var broken = new ConcurrentBag<(string, string)>();
        var notes = new ConcurrentBag<(string, string)>();
        var done = mine.Count - open.Count;
        progress(done, mine.Count);
        Parallel.ForEach(Partitioner.Create(open, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancellation }, video =>
        {
            try
            {
                if (Prepare(video, cancellation) is { } note)
                    notes.Add((video.Path, note));
            }
            catch (Exception e) when (e is InvalidDataException or OpenCvSharp.OpenCVException)
            {
                broken.Add((video.Path, e.Message));
            }
            progress(Interlocked.Increment(ref done), mine.Count);
        });
        return new PreparedSet(WriteLists(list), mine.Count, [.. broken.Order()], [.. notes.Order()], list.Skipped);
    }

    // Other shards write the same lists. Each moves its own into place, and again until it holds what is there by then: so the last one holds everything.
    private FrameSet WriteLists(SourceList list)
    {
        var found = Prepared(list.Videos);
        while (true)
        {
            // A class none of whose videos can be decoded (a folder of documents) is none.
            var labels = list.Labels ?? [.. found.Select(v => v.Label).Distinct().Order(StringComparer.Ordinal)];
            Replace(FrameSet.LabelsName, path => File.WriteAllLines(path, labels));
            Replace(VideosCsv.FileName, path => VideosCsv.Write(path, found));
            var now = Prepared(list.Videos);
            if (now.SequenceEqual(found))
                return new FrameSet(output, labels, found);
            found = now;
        }
    }

    private List<VideoEntry> Prepared(IReadOnlyList<SourceVideo> videos) =>
        [.. videos.Select(v => v.Entry with { Frames = FrameSet.CountFrames(Path.Combine(output, v.Entry.Video)) }).Where(e => e.Frames > 0)];

    private void Replace(string name, Action<string> write)
    {
        var draft = Path.Combine(output, $".{name}.{Guid.NewGuid():N}");
        write(draft);
        File.Move(draft, Path.Combine(output, name), overwrite: true);
    }

    private bool IsPrepared(SourceVideo video, out int frames)
    {
        var folder = Path.Combine(output, video.Entry.Video);
        frames = FrameSet.CountFrames(folder);
        return frames > 0 && (!options.Flow || FlowExtractor.IsDone(folder, frames));
    }

    private string? Prepare(SourceVideo video, CancellationToken cancellation)
    {
        if (IsPrepared(video, out var frames)) // another process may have been here by now
            return null;
        string? note = null;
        var folder = Path.Combine(output, video.Entry.Video);
        var finished = frames; // by an earlier run without flow
        try
        {
            if (frames == 0)
            {
                if (Directory.Exists(folder))
                    Directory.Delete(folder, recursive: true); // what an interrupted run left
                Directory.CreateDirectory(folder);
                (frames, note) = FrameExtractor.Extract(video.Path, folder, options.ShortSide, cancellation);
            }
            File.Delete(Path.Combine(folder, FrameSet.DoneName));
            if (options.Flow)
                FlowExtractor.Extract(folder, frames, device(options.Device), cancellation);
            WriteDone(folder, frames);
            return note;
        }
        catch (OperationCanceledException) when (finished > 0)
        {
            foreach (var part in Directory.GetFiles(folder, "TVL1jpg_*"))
                File.Delete(part);
            WriteDone(folder, finished);
            throw;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private static void WriteDone(string folder, int frames) => File.WriteAllText(Path.Combine(folder, FrameSet.DoneName), frames.ToString(CultureInfo.InvariantCulture));
}
