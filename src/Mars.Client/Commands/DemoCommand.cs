using System.CommandLine;
using Mars.Client.Demo;
using Mars.Client.Reporting;

namespace Mars.Client.Commands;

/// <summary>mars demo</summary>
internal static class DemoCommand
{
    // Seeds below are for training and testing; a demo never shows what a model has learned from.
    private const int FirstSeed = 1_000_000;

    public static Command Create(Terminal terminal)
    {
        var source = new Option<string?>("--source") { Description = "A video to show; FILE.json beside it tells the truth. Otherwise one is rendered.", HelpName = "FILE" };
        var seconds = new Option<double>("--seconds") { Description = "Length of the rendered video.", HelpName = "S", DefaultValueFactory = _ => 24 };
        var seed = new Option<int?>("--seed") { Description = $"Seed of the rendered video, {FirstSeed} or more; a new one each time otherwise.", HelpName = "N" };
        var picture = new Option<string?>("--picture") { Description = "Draw frames with truth and predictions into this file.", HelpName = "PNG" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line on standard output." };
        seed.Require<int>(n => n >= FirstSeed, $"must be {FirstSeed} or more: smaller ones are for training");
        seconds.Require<double>(n => n is >= 4 and <= 3600, "must be between 4 and 3600");
        var command = new Command("demo", "Render an unseen video, serve the shipped model, and show live what it recognises beside the truth.") { source, seconds, seed, picture, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new DemoOptions
            {
                Source = parsed.GetValue(source),
                Seconds = parsed.GetValue(seconds),
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(FirstSeed, int.MaxValue),
                Json = parsed.GetValue(json),
                Picture = parsed.GetValue(picture),
            };
            var recognised = await new DemoRun(options, DemoViews.Create(terminal, options.Json), TimeProvider.System).RunAsync(cancellation);
            if (!recognised)
                await terminal.Error.WriteLineAsync("mars: nothing was recognised");
            return recognised ? 0 : CommandLine.Failed;
        });
        return command;
    }
}
