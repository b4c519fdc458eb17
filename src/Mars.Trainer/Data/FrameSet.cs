using System.Globalization;

namespace Mars.Trainer.Data;

/// <summary>
/// A data set as `prepare` leaves it, with the authors' file names: label/video/00001.jpg ..., TVL1jpg_x_00001.jpg and TVL1jpg_y_00001.jpg ... (the flow from the
/// first frame to the second), done in each video's folder when all are there; labels.txt and videos.csv.
/// </summary>
internal sealed class FrameSet
{
    public const string LabelsName = "labels.txt";
    public const string DoneName = "done";

    private readonly Dictionary<string, int> _classes;

    public FrameSet(string folder, IReadOnlyList<string> labels, IReadOnlyList<VideoEntry> videos)
    {
        Folder = folder;
        Labels = labels;
        Videos = videos;
        _classes = labels.Select((label, i) => (label, i)).ToDictionary(x => x.label, x => x.i, StringComparer.Ordinal);
        var strange = videos.FirstOrDefault(v => !_classes.ContainsKey(v.Label));
        if (strange is not null)
            throw new InvalidDataException($"{folder}: {strange.Video} has the label '{strange.Label}', which {LabelsName} does not list");
    }

    public string Folder { get; }

    /// <summary>Names of the classes, in the order of the logits.</summary>
    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<VideoEntry> Videos { get; }

    /// <summary>Reads a folder that `prepare` has filled, or one in the authors' layout.</summary>
    public static FrameSet Load(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder} does not exist: make it with 'prepare VIDEOS --output {folder}'");
        var csv = Path.Combine(folder, VideosCsv.FileName);
        var videos = File.Exists(csv) ? VideosCsv.Read(csv) : Scan(folder);
        if (videos.Count == 0)
            throw new InvalidDataException($"{folder} holds no extracted videos: fill it with 'prepare VIDEOS --output {folder}'");
        var list = Path.Combine(folder, LabelsName);
        IReadOnlyList<string> labels = File.Exists(list)
            ? [.. File.ReadAllLines(list).Select(l => l.Trim()).Where(l => l.Length > 0)]
            : [.. videos.Select(v => v.Label).Distinct().Order(StringComparer.Ordinal)];
        return new FrameSet(folder, labels, videos);
    }

    /// <summary>The class of a video, as the index of its logit.</summary>
    public int ClassOf(VideoEntry video) => _classes[video.Label];

    /// <summary>The same set with some of its videos.</summary>
    public FrameSet Where(Func<VideoEntry, bool> keep) => new(Folder, Labels, [.. Videos.Where(keep)]);

    /// <summary>The same set with the classes in another's order, so that a network trained on that one can be tested on this.</summary>
    public FrameSet WithLabels(IReadOnlyList<string> labels) => new(Folder, labels, Videos);

    /// <summary>The same videos as far as they have flow: there is none from the last frame on.</summary>
    public FrameSet ForFlow() => new(Folder, Labels, [.. Videos.Where(v => v.Frames > 1).Select(v => v with { Frames = v.Frames - 1 })]);

    /// <summary>Path of a file of a video.</summary>
    public string PathOf(VideoEntry video, string name) => Path.Combine(Folder, video.Video, name);

    /// <summary>File name of a frame counted from 0.</summary>
    public static string FrameName(int frame) => string.Create(CultureInfo.InvariantCulture, $"{frame + 1:D5}.jpg");

    /// <summary>File name of one component of the flow from a frame, counted from 0, to the next one.</summary>
    /// <param name="axis">x or y.</param>
    /// <param name="frame">Counted from 0.</param>
    public static string FlowName(char axis, int frame) => string.Create(CultureInfo.InvariantCulture, $"TVL1jpg_{axis}_{frame + 1:D5}.jpg");

    /// <summary>Frames in the folder of a video that is prepared; 0 if it is not, or not wholly.</summary>
    public static int CountFrames(string video)
    {
        if (!File.Exists(Path.Combine(video, DoneName)))
            return 0;
        // Ours holds the number; the authors' is empty.
        return int.TryParse(File.ReadAllText(Path.Combine(video, DoneName)), CultureInfo.InvariantCulture, out var frames) ? frames : Directory.GetFiles(video, "0*.jpg").Length;
    }

    private static List<VideoEntry> Scan(string folder)
    {
        var found = new List<VideoEntry>();
        foreach (var label in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            foreach (var video in Directory.GetDirectories(label).Order(StringComparer.Ordinal))
            {
                var frames = CountFrames(video);
                if (frames > 0)
                    found.Add(new VideoEntry($"{Path.GetFileName(label)}/{Path.GetFileName(video)}", Path.GetFileName(label), "", null, frames));
            }
        }
        return found;
    }
}
