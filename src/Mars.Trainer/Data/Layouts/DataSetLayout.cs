namespace Mars.Trainer.Data.Layouts;

/// <summary>The data sets of the paper, in the folders and with the label files that the authors' code reads (dataset/dataset.py), and Something-Something v1 as its makers give it.</summary>
internal static class DataSetLayout
{
    /// <summary>Names for the command line, as the authors' --dataset has them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["folders", "HMDB51", "UCF101", "Kinetics", "Something"];

    /// <summary>Reads a data set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="frames">Folder of the extracted frames (frame_dir).</param>
    /// <param name="annotations">Folder of the label files (annotation_path); null for folders.</param>
    /// <param name="split">1 to 3 for HMDB51 and UCF101.</param>
    /// <returns>Videos to train on, and to test on (empty for folders: a fold of videos.csv tells there).</returns>
    public static (FrameSet Training, FrameSet Test) Load(string name, string frames, string? annotations, int split)
    {
        if (name == "folders")
        {
            var set = FrameSet.Load(frames);
            return (set, set.Where(_ => false));
        }
        if (annotations is null)
            throw new ArgumentException($"--dataset {name} needs --annotations DIR, the folder of its label files");
        if (!Directory.Exists(frames) || !Directory.Exists(annotations))
            throw new DirectoryNotFoundException($"{(Directory.Exists(frames) ? annotations : frames)} does not exist");
        var (labels, training, test) = name switch
        {
            "HMDB51" => Hmdb51.Read(frames, annotations, split),
            "UCF101" => Ucf101.Read(frames, annotations, split),
            "Kinetics" => Kinetics.Read(frames, annotations),
            "Something" => SomethingSomething.Read(frames, annotations),
            _ => throw new ArgumentException($"there is no data set {name}: {string.Join(", ", Names)}", nameof(name)),
        };
        return (new FrameSet(frames, labels, training), new FrameSet(frames, labels, test));
    }

    /// <summary>A listed video, if its frames are there.</summary>
    /// <param name="frames">Folder of the data set.</param>
    /// <param name="video">Its folder in that.</param>
    /// <param name="label">Name of its class.</param>
    /// <param name="group">What it was cut from.</param>
    /// <param name="count">Frames as the list has them; they are counted where it has none or says too much.</param>
    public static IEnumerable<VideoEntry> Find(string frames, string video, string label, string group = "", int count = 0)
    {
        // Frames that others extracted need not have the file done.
        var folder = Path.Combine(frames, video);
        if (!Directory.Exists(folder))
            yield break;
        if (count == 0 || !File.Exists(Path.Combine(folder, FrameSet.FrameName(count - 1))))
            count = FrameSet.CountFrames(folder) is var done and > 0 ? done : Directory.GetFiles(folder, "0*.jpg").Length;
        if (count > 0)
            yield return new VideoEntry(video, label, group, null, count);
    }

    /// <summary>A listed name without the ending of the video file.</summary>
    public static string WithoutEnding(string file) => Path.ChangeExtension(file, null)!;
}
