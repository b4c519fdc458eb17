using System.CommandLine;

namespace Mars.Trainer.Commands;

/// <summary>synthesize: an example data set.</summary>
internal static class SynthesizeCommand
{
    public static Command Create()
    {
        var output = CommonOptions.Required<string>("--output", "DIR", "Folder for the videos.");
        var command = new Command("synthesize", "Render an example data set: an articulated figure acting in front of varied backgrounds, with ground truth.");
        command.AddAll(output);
        return command;
    }
}
