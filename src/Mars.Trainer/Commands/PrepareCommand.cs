using System.CommandLine;
using Mars.Trainer.Data;
using OpenCvSharp;

namespace Mars.Trainer.Commands;

/// <summary>prepare: from videos to frames.</summary>
internal static class PrepareCommand
{
    public static Command Create()
    {
        var videos = new Argument<string>("VIDEOS")
        {
            Description = "A folder with one folder of videos for each class, a folder that holds videos.csv, or a CSV with the columns video and label (group and fold too, if there are).",
        };
        var output = CommonOptions.Required<string>("--output", "FRAMES", "Folder for the frames. Finished videos in it are kept.");
        var side = CommonOptions.WithDefault("--short-side", "PIXELS", "Short side of the stored frames (256 in the paper; 128 trains faster).", 256);
        var jobs = CommonOptions.WithDefault("--jobs", "N", "Videos at once.", Environment.ProcessorCount);
        var command = new Command("prepare", "Extract the frames of videos at 25 a second as JPEG files, for training and evaluation.") { videos };
        command.AddAll(output, side, jobs);
        command.SetWork((arguments, cancellation) =>
        {
            Cv2.SetNumThreads(1); // the videos are the parallel part
            var (set, broken) = WorkProgress.Show("videos", report => FramePreparer.Run(
                arguments.GetRequiredValue(videos), arguments.GetRequiredValue(output), arguments.GetValue(side), arguments.GetValue(jobs), report, cancellation));
            Console.WriteLine($"{set.Videos.Count} videos of {set.Labels.Count} classes, {set.Videos.Sum(v => v.Frames)} frames in {set.Folder}");
            foreach (var (video, reason) in broken)
                Console.WriteLine($"skipped {video}: {reason}");
            return 0;
        });
        return command;
    }
}
