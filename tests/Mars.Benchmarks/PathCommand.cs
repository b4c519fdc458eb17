using System.CommandLine;

namespace Mars.Benchmarks;

/// <summary>The command line of bench path.</summary>
internal static class PathCommand
{
    public static Command Create()
    {
        var models = new Option<string>("--models") { HelpName = "DIR", Description = "Model packages; the first that is no ensemble is measured.", DefaultValueFactory = _ => BenchServer.Models };
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Rounds of each measurement; the median is told.", DefaultValueFactory = _ => 9 };
        var seconds = new Option<double>("--seconds") { HelpName = "N", Description = "Seconds of a round.", DefaultValueFactory = _ => 5 };
        var picture = new Option<string?>("--picture") { HelpName = "FILE", Description = "A JPEG to send. [default: a rendered one of 1920x1080]" };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Write the figures as JSON too. [default: not written]" };
        var served = new Option<bool>("--served") { Description = "Only what a frame of a stream costs the server." };
        var telemetry = new Option<bool>("--telemetry") { Description = "Only what metrics and traces cost: a server with all of them against one without." };
        rounds.Validators.Add(result => Least(result, rounds, 1));
        seconds.Validators.Add(result => Least(result, seconds, 0.1));
        var command = new Command("path", "Measure everything but the network: a frame from its JPEG to the reply, and how much of the network's speed a server of many cameras keeps.")
        {
            models, rounds, seconds, picture, json, served, telemetry,
        };
        command.SetAction((arguments, _) =>
        {
            var options = new PathOptions(
                arguments.GetRequiredValue(models), arguments.GetValue(rounds), arguments.GetValue(seconds), arguments.GetValue(picture), arguments.GetValue(json));
            return arguments.GetValue(telemetry) ? TelemetryBench.RunAsync(options)
                : arguments.GetValue(served) ? PathBench.ServeAsync(options)
                : PathBench.RunAsync(options);
        });
        return command;
    }

    private static void Least<T>(System.CommandLine.Parsing.OptionResult result, Option<T> option, T least)
        where T : IComparable<T>
    {
        if (result.GetValueOrDefault<T>()!.CompareTo(least) < 0)
            result.AddError($"{option.Name} must be {least} or more");
    }
}
