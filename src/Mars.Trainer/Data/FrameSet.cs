using System.Globalization;

namespace Mars.Trainer.Data;

/// <summary>A data set as `prepare` leaves it: label/video/image_00001.jpg ..., n_frames in each video's folder, labels.txt and videos.csv.</summary>
internal sealed class FrameSet
{
    public const string LabelsName = "labels.txt";
    public const string CountName = "n_frames";

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
            ? [.. File.ReadAllLines(list).Where(l => l.Length > 0)]
            : [.. videos.Select(v => v.Label).Distinct().Order(StringComparer.Ordinal)];
        return new FrameSet(folder, labels, videos);
    }

    /// <summary>The class of a video, as the index of its logit.</summary>
    public int ClassOf(VideoEntry video) => _classes[video.Label];

    /// <summary>The same set with some of its videos.</summary>
    public FrameSet Where(Func<VideoEntry, bool> keep) => new(Folder, Labels, [.. Videos.Where(keep)]);

    /// <summary>The same set with the classes in another's order, so that a network trained on that one can be tested on this.</summary>
    public FrameSet WithLabels(IReadOnlyList<string> labels) => new(Folder, labels, Videos);

    /// <summary>Path of a frame.</summary>
    /// <param name="video">A video of this set.</param>
    /// <param name="frame">Counted from 0; the files count from 1.</param>
    public string FramePath(VideoEntry video, int frame) => Path.Combine(Folder, video.Video, FrameName(frame));

    /// <summary>File name of a frame counted from 0.</summary>
    public static string FrameName(int frame) => string.Create(CultureInfo.InvariantCulture, $"image_{frame + 1:D5}.jpg");

    private static List<VideoEntry> Scan(string folder)
    {
        var found = new List<VideoEntry>();
        foreach (var label in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            foreach (var video in Directory.GetDirectories(label).Order(StringComparer.Ordinal))
            {
                var count = Path.Combine(video, CountName);
                if (File.Exists(count) && int.TryParse(File.ReadAllText(count), CultureInfo.InvariantCulture, out var frames) && frames > 0)
                    found.Add(new VideoEntry($"{Path.GetFileName(label)}/{Path.GetFileName(video)}", Path.GetFileName(label), "", null, frames));
            }
        }
        return found;
    }
}
