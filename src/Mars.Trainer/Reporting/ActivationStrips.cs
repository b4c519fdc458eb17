using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using OpenCvSharp;
using TorchSharp;
using Scalar = OpenCvSharp.Scalar;

namespace Mars.Trainer.Reporting;

/// <summary>Class activation maps of several streams on one video: a row of frames each, with the stream's name and what it recognises.</summary>
internal static class ActivationStrips
{
    private const int Margin = 110, Row = 8, Shown = 3, Legible = 112;

    /// <summary>The paper's four.</summary>
    public static IReadOnlyList<string> Streams { get; } = ["rgb", "flow", "mers", "mars"];

    /// <summary>Draws the middle clip of a video.</summary>
    /// <param name="runs">Folder of the streams' runs.</param>
    /// <param name="streams">Names of runs, a row each.</param>
    /// <param name="set">Gives the data set with its classes in the order of a network's labels.</param>
    /// <param name="video">Its name in the set.</param>
    public static Mat Draw(string runs, IReadOnlyList<string> streams, Func<IReadOnlyList<string>, FrameSet> set, string video)
    {
        var rows = new List<Mat>();
        foreach (var stream in streams)
        {
            using var checkpoint = Checkpoint.Load(Path.Combine(runs, stream, Checkpoint.LastName));
            var data = set(checkpoint.State.Labels);
            var (strip, said) = Explain(checkpoint.Network, data, video);
            using (strip)
            using (var large = new Mat())
            {
                var times = Math.Max(1, (Legible + checkpoint.State.Shape.Size - 1) / checkpoint.State.Shape.Size);
                Cv2.Resize(strip, large, default, times, times, InterpolationFlags.Cubic);
                rows.Add(Label(large, stream, data.Labels[said]));
            }
        }
        var picture = new Mat();
        Cv2.VConcat(rows, picture);
        foreach (var row in rows)
            row.Dispose();
        return picture;
    }

    /// <summary>Draws the main streams that there are on a test video of each of the classes that gain most by MARS.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="experiments">Whose classes gain; the first one's networks are drawn.</param>
    /// <param name="data">The videos it was tested on.</param>
    /// <returns>Names of the files, and what they show.</returns>
    public static IReadOnlyList<(string File, string Shows)> Write(string folder, IReadOnlyList<Experiment> experiments, FrameSet data)
    {
        var experiment = experiments[0];
        string[] streams = [.. Streams.Where(experiment.Streams.ContainsKey)];
        Directory.CreateDirectory(folder);
        var written = new List<(string, string)>();
        foreach (var (label, _, _) in PaperTables.ClassGains(experiments))
        {
            var scores = experiment.Streams["mars"].Moving;
            if (written.Count == Shown || scores.Videos.FirstOrDefault(v => scores.Labels[v.Class] == label) is not { } video)
                continue;
            var file = $"maps-{written.Count + 1}.png";
            using var picture = Draw(experiment.Folder, streams, data.WithLabels, video.Video);
            picture.SaveImage(Path.Combine(folder, file));
            written.Add((file, video.Video));
        }
        return written;
    }

    private static (Mat Strip, int Class) Explain(ResNeXt3D network, FrameSet set, string name)
    {
        using var scope = torch.NewDisposeScope();
        var shape = network.Shape;
        var flow = shape.InputChannels == 2;
        var known = (flow ? set.ForFlow() : set).Videos;
        var video = known.FirstOrDefault(v => v.Video == name) ?? throw new ArgumentException($"{set.Folder} holds no video {name}: its videos.csv names them");
        var request = new ClipRequest(video, Math.Max(0, (video.Frames - shape.Frames) / 2), null, false);
        var rgb = new byte[shape.Frames * shape.Size * shape.Size * 3];
        var motion = new byte[flow ? shape.Frames * shape.Size * shape.Size * 2 : 0];
        new ClipReader(set, new FrameCache(0), shape.Frames, shape.Size).Read(request, rgb, motion);
        network.eval();
        var input = flow ? ClipInput.FromFlow(motion, 1, shape, torch.CPU) : ClipInput.FromRgb(rgb, 1, shape, torch.CPU);
        var (map, said) = ActivationMaps.Compute(network, input, null);
        return (ActivationMaps.Draw(rgb, shape.Size, map), said);
    }

    private static Mat Label(Mat strip, string stream, string said)
    {
        var row = new Mat(strip.Height + Row, strip.Width + Margin, MatType.CV_8UC3, Scalar.White);
        using (var target = row[new Rect(Margin, Row / 2, strip.Width, strip.Height)])
            strip.CopyTo(target);
        Cv2.PutText(row, stream, new Point(6, strip.Height / 2), HersheyFonts.HersheySimplex, 0.6, Scalar.Black, 1, LineTypes.AntiAlias);
        Cv2.PutText(row, said, new Point(6, (strip.Height / 2) + 22), HersheyFonts.HersheySimplex, 0.35, Scalar.Black, 1, LineTypes.AntiAlias);
        return row;
    }
}
