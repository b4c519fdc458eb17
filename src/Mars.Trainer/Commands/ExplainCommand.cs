using System.CommandLine;
using Mars.Trainer.Reporting;

namespace Mars.Trainer.Commands;

/// <summary>explain: where the streams look.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var streams = CommonOptions.WithDefault("--streams", "LIST", "Which runs of RUN, a row each.", string.Join(',', ActivationStrips.Streams));
        var video = CommonOptions.Required<string>("--video", "NAME", "A video of the data set, as label/name.");
        var output = CommonOptions.Required<string>("--output", "FILE", "The picture, as PNG.");
        var command = new Command("explain", "Draw class activation maps: where in a video's middle clip each stream sees its class.");
        command.AddDataOptions();
        command.AddAll(CommonOptions.Run, streams, video, output, CommonOptions.Threads);
        command.SetWork((arguments, _) =>
        {
            NetworkThreads.Apply(arguments);
            string[] rows = [.. arguments.GetRequiredValue(streams).Split(',').Select(s => s.Trim())];
            using var picture = ActivationStrips.Draw(
                arguments.GetRequiredValue(CommonOptions.Run), rows, labels => DataOptions.Test(arguments, null, labels), arguments.GetRequiredValue(video));
            if (!picture.SaveImage(arguments.GetRequiredValue(output)))
                throw new IOException($"{arguments.GetRequiredValue(output)} cannot be written");
            Console.WriteLine(arguments.GetRequiredValue(output));
            return 0;
        });
        return command;
    }
}
