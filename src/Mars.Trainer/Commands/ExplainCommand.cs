using System.CommandLine;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Reporting;
using OpenCvSharp;
using TorchSharp;
using Scalar = OpenCvSharp.Scalar;

namespace Mars.Trainer.Commands;

/// <summary>explain: where the streams look.</summary>
internal static class ExplainCommand
{
    private const int Margin = 110, Row = 8;

    public static Command Create()
    {
        var streams = CommonOptions.WithDefault("--streams", "LIST", "Which runs of RUN, a row each.", "rgb,flow,mers,mars");
        var video = CommonOptions.Required<string>("--video", "NAME", "A video of the data set, as label/name.");
        var output = CommonOptions.Required<string>("--output", "FILE", "The picture, as PNG.");
        var command = new Command("explain", "Draw class activation maps: where in a video's middle clip each stream sees its class.");
        command.AddDataOptions();
        command.AddAll(CommonOptions.Run, streams, video, output, CommonOptions.Threads);
        command.SetWork((arguments, _) =>
        {
            torch.set_num_threads(arguments.GetValue(CommonOptions.Threads));
            var rows = new List<Mat>();
            foreach (var stream in arguments.GetRequiredValue(streams).Split(',').Select(s => s.Trim()))
            {
                using var checkpoint = Checkpoint.Load(Path.Combine(arguments.GetRequiredValue(CommonOptions.Run), stream, Checkpoint.LastName));
                var set = DataOptions.Test(arguments, null, checkpoint.State.Labels);
                var (strip, said) = Explain(checkpoint.Network, set, arguments.GetRequiredValue(video));
                using (strip)
                    rows.Add(Label(strip, stream, set.Labels[said]));
            }
            using var picture = new Mat();
            Cv2.VConcat(rows, picture);
            foreach (var row in rows)
                row.Dispose();
            if (!picture.SaveImage(arguments.GetRequiredValue(output)))
                throw new IOException($"{arguments.GetRequiredValue(output)} cannot be written");
            Console.WriteLine(arguments.GetRequiredValue(output));
            return 0;
        });
        return command;
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
