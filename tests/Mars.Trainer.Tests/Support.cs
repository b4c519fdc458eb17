using Mars.Trainer.Data;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mars-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Small things to train on.</summary>
internal static class Tiny
{
    /// <summary>A network that learns and exports in a moment: 8 features wide stages, pictures of 32 pixels.</summary>
    public static NetworkShape Shape(int classes) => new()
    {
        Blocks = [1, 1, 1, 1],
        Planes = [8, 8, 8, 16],
        Stem = 4,
        Cardinality = 2,
        InputChannels = 3,
        Classes = classes,
        Frames = 16,
        Size = 32,
    };

    /// <summary>A network whose norms have statistics that are not 0 and 1.</summary>
    public static ResNeXt3D Trained(NetworkShape shape)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var network = new ResNeXt3D(shape);
        network.train();
        using (no_grad()) // a pass in training mode gives the norms statistics that are not 0 and 1
            network.forward(Input([.. ExportCheck.RandomClips(shape, 2).SelectMany(c => c)], shape));
        using (no_grad())
        {
            foreach (var block in network.Stages.SelectMany(s => s))
            {
                block.Bn2.weight!.mul_(1.3);
                block.Bn3.bias!.add_(0.2);
            }
        }
        return network;
    }

    /// <summary>Some lowering of each layer.</summary>
    public static LoweringPlan Plan(InferenceNetwork network) => new(network.Placed().Where(p => p.Layer.Taps > 1)
        .ToDictionary(p => p.Layer.Name, p => LoweringSearch.Candidates(p.Layer, p.Input.Frames).First()));

    private static Tensor Input(byte[] clips, NetworkShape shape) =>
        shape.InputChannels == 2 ? ClipInput.FromFlow(clips, 2, shape, CPU) : ClipInput.FromRgb(clips, 2, shape, CPU);

    /// <summary>Writes frames of two classes, bright and dark, and reads them back. Their flow, where it is asked for, goes down and up: right and left would be the same to a trainer that mirrors.</summary>
    public static FrameSet Frames(string folder, int videosPerClass, int framesPerVideo = 18, bool flow = false)
    {
        var videos = new List<VideoEntry>();
        foreach (var (label, level) in new[] { ("bright", 200), ("dark", 40) })
        {
            for (var v = 0; v < videosPerClass; v++)
            {
                var video = new VideoEntry($"{label}/{v}", label, "", (v % 2) + 1, framesPerVideo);
                Directory.CreateDirectory(Path.Combine(folder, video.Video));
                for (var i = 0; i < framesPerVideo; i++)
                {
                    using var picture = new Mat(40, 48, MatType.CV_8UC3, new Scalar(level, level + v, level + i));
                    Cv2.ImWrite(Path.Combine(folder, video.Video, FrameSet.FrameName(i)), picture);
                    if (!flow || i == framesPerVideo - 1)
                        continue;
                    using var right = new Mat(40, 48, MatType.CV_8UC1, new Scalar(120 + v + i));
                    using var down = new Mat(40, 48, MatType.CV_8UC1, new Scalar(level));
                    Cv2.ImWrite(Path.Combine(folder, video.Video, FrameSet.FlowName('x', i)), right);
                    Cv2.ImWrite(Path.Combine(folder, video.Video, FrameSet.FlowName('y', i)), down);
                }
                videos.Add(video);
            }
        }
        VideosCsv.Write(Path.Combine(folder, VideosCsv.FileName), videos);
        return FrameSet.Load(folder);
    }
}
