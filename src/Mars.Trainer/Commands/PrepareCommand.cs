using System.CommandLine;
using System.Globalization;
using Mars.Trainer.Data;
using OpenCvSharp;
using TorchSharp;

namespace Mars.Trainer.Commands;

/// <summary>prepare: from videos to frames and flow.</summary>
internal static class PrepareCommand
{
    private static readonly PrepareOptions Default = new();

    public static Command Create()
    {
        var videos = new Argument<string>("VIDEOS")
        {
            Description = "A folder with one folder of videos for each class, a folder that holds videos.csv, a CSV (comma, semicolon or tab; UTF-8) with the columns video and label (group and fold too, if there are), or a folder with a folder of pictures (00001.jpg ...) for each video, as Something-Something comes.",
        };
        var output = CommonOptions.Required<string>("--output", "FRAMES", "Folder for frames and flow. Finished videos in it are kept.");
        var side = CommonOptions.WithDefault("--short-side", "PIXELS", "Short side of the stored frames: 256 in the paper; 128 is four times as fast and enough for crops of 112.", Default.ShortSide);
        var onlyRgb = CommonOptions.Flag("--only-rgb", "No optical flow (only_RGB): enough for the rgb stream, and much faster. Flow can be added later by the same command without it.");
        var jobs = CommonOptions.WithDefault("--jobs", "N", "Videos at once. A prepare that was killed begins again with those that it had in work.", Default.Jobs);
        var shard = CommonOptions.WithDefault("--shard", "I/N", "Take every Nth video only, beginning with the Ith: so N machines or processes fill one folder.", "1/1");
        var command = new Command("prepare", "Extract the frames of videos at 25 a second, and the TV-L1 flow between them, as JPEG files for training and evaluation.") { videos };
        command.AddAll(output, side, onlyRgb, jobs, shard, CommonOptions.Device);
        command.SetWork((arguments, cancellation) =>
        {
            Cv2.SetNumThreads(1); // the videos are the parallel part
            var options = new PrepareOptions
            {
                ShortSide = arguments.GetValue(side),
                Flow = !arguments.GetValue(onlyRgb),
                Device = arguments.GetRequiredValue(CommonOptions.Device),
                Jobs = arguments.GetValue(jobs),
                Shard = ParseShard(arguments.GetRequiredValue(shard)),
            };
            if (options.Flow)
                torch.set_num_threads(1);
            var preparer = new FramePreparer(arguments.GetRequiredValue(output), options);
            var prepared = WorkProgress.Show("videos", report => preparer.Run(arguments.GetRequiredValue(videos), report, cancellation));
            var set = prepared.Set;
            Console.WriteLine($"{set.Videos.Count} videos of {set.Labels.Count} classes, {set.Videos.Sum(v => v.Frames)} frames in {set.Folder}");
            SkippedFiles.Print(prepared);
            if (prepared.Mine == 0)
                Console.WriteLine($"shard {arguments.GetRequiredValue(shard)} has no video to prepare");
            else if (set.Videos.Count == 0 || prepared.Broken.Count == prepared.Mine)
                throw new InvalidDataException($"no video could be prepared: {prepared.Broken[0].Video}: {prepared.Broken[0].Reason}");
            return 0;
        });
        return command;
    }

    private static (int Index, int Count) ParseShard(string text) =>
        text.Split('/') is [var index, var count]
        && int.TryParse(index, CultureInfo.InvariantCulture, out var i) && int.TryParse(count, CultureInfo.InvariantCulture, out var n) && i >= 1 && i <= n
            ? (i, n)
            : throw new ArgumentException($"--shard {text}: give it as I/N, for example 2/8");
}
