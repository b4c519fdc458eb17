namespace Mars.Synthesis;

/// <summary>The example data set: a folder for each action, and a few videos with several actions.</summary>
public static class SyntheticDataSet
{
    private const string Sequences = "sequences";

    /// <summary>Writes &lt;output&gt;/&lt;label&gt;/&lt;label&gt;_0001.mp4 or .avi with its .json, labels.txt, videos.csv (video, label) and sequences/.</summary>
    /// <param name="output">The folder, made if need be.</param>
    /// <param name="labels">Actions, of <see cref="ActionCatalog"/>; sequences choose theirs from all.</param>
    /// <param name="videosPerClass">Videos of each action.</param>
    /// <param name="seed">Same seed, same truth; another seed shares no video with it.</param>
    /// <param name="sequences">Videos with several actions.</param>
    /// <param name="progress">Told how many videos are written.</param>
    /// <param name="cancellation">Stops between videos.</param>
    public static void Write(string output, IReadOnlyList<string> labels, int videosPerClass, int seed, int sequences, IProgress<int>? progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(output);
        File.WriteAllLines(Path.Combine(output, "labels.txt"), labels);
        var jobs = new List<(string Folder, string Name, SyntheticVideo Video)>();
        for (var i = 0; i < videosPerClass; i++)
        {
            foreach (var label in labels)
                jobs.Add((label, $"{label}_{i + 1:0000}", SyntheticVideo.SingleAction(label, Mix(seed, i))));
        }
        for (var i = 0; i < sequences; i++)
            jobs.Add((Sequences, $"sequence_{i + 1:0000}", SyntheticVideo.Sequence(null, Mix(seed, i), 20)));
        foreach (var folder in jobs.Select(j => j.Folder).Distinct())
            Directory.CreateDirectory(Path.Combine(output, folder));

        var files = new string[jobs.Count];
        var written = 0;
        // One thread a video: OpenCV's own threads would only fight over the cores.
        Parallel.For(0, jobs.Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            var (folder, name, video) = jobs[i];
            files[i] = VideoFile.Write(video, Path.Combine(output, folder), name).Video;
            progress?.Report(Interlocked.Increment(ref written));
        });
        File.WriteAllLines(
            Path.Combine(output, "videos.csv"),
            jobs.Zip(files).Where(j => j.First.Folder != Sequences).Select(j => $"{j.First.Folder}/{j.Second},{j.First.Folder}").Prepend("video,label"));
    }

    // Seeds of two data sets never meet: each has a block of its own.
    private static int Mix(int seed, int index) => unchecked((seed * 1_000_003) + index);
}
