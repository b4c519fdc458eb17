using System.CommandLine;
using System.Globalization;

namespace Mars.Benchmarks;

/// <summary>The command line of bench path.</summary>
internal static class PathCommand
{
    public static Command Create()
    {
        var models = new Option<DirectoryInfo>("--models") { HelpName = "DIR", Description = "Model packages; the first that is no ensemble is measured.", DefaultValueFactory = _ => new(BenchServer.Models) };
        models.AcceptExistingOnly();
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Rounds of each measurement; the median is told.", DefaultValueFactory = _ => 9 };
        var seconds = new Option<double>("--seconds") { HelpName = "N", Description = "Seconds of a round.", DefaultValueFactory = _ => 5 };
        var picture = new Option<FileInfo>("--picture") { HelpName = "FILE", Description = "A JPEG to send. [default: a rendered one of 1920x1080]" };
        picture.AcceptExistingOnly();
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Write the figures as JSON too. [default: not written]" };
        var served = new Option<bool>("--served") { Description = "Only what a frame of a stream costs the server." };
        var telemetry = new Option<bool>("--telemetry") { Description = "Only what metrics and traces cost: a server with all of them against one without." };
        var against = new Option<DirectoryInfo>("--against") { HelpName = "DIR", Description = "Only how many windows a second a server of --models answers, over one of the packages in this folder." };
        against.AcceptExistingOnly();
        var stride = new Option<int>("--stride") { HelpName = "N", Description = "Frames between two windows of a camera, with --against.", DefaultValueFactory = _ => 4 };
        stride.Validators.Add(result => Least(result, stride, 1));
        rounds.Validators.Add(result => Least(result, rounds, 1));
        seconds.Validators.Add(result => Least(result, seconds, 0.1));
        var command = new Command("path", "Measure everything but the network: a frame from its JPEG to the reply, and how much of the network's speed a server of many cameras keeps.")
        {
            models, rounds, seconds, picture, json, served, telemetry, against, stride,
        };
        command.SetAction(async (arguments, _) =>
        {
            var options = new PathOptions(
                arguments.GetRequiredValue(models).FullName, arguments.GetValue(rounds), arguments.GetValue(seconds), arguments.GetValue(picture)?.FullName, arguments.GetValue(json), arguments.GetValue(against)?.FullName, arguments.GetValue(stride));
            try
            {
                return await (options.Against is not null ? PackageBench.RunAsync(options)
                    : arguments.GetValue(telemetry) ? TelemetryBench.RunAsync(options)
                    : arguments.GetValue(served) ? PathBench.ServeAsync(options)
                    : PathBench.RunAsync(options));
            }
            catch (InvalidDataException exception)
            {
                Console.Error.WriteLine($"error: {exception.Message}");
                return 1;
            }
        });
        return command;
    }

    // What is no number at all is told by the parser, once it is asked for.
    private static void Least<T>(System.CommandLine.Parsing.OptionResult result, Option<T> option, T least)
        where T : IParsable<T>, IComparable<T>
    {
        if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && value.CompareTo(least) < 0)
            result.AddError($"{option.Name} must be {least} or more");
    }
}
