using System.CommandLine;
using Mars.Client.Cameras;
using Mars.Client.Reporting;
using Mars.Client.Sources;
using Mars.V1;
using Spectre.Console;

namespace Mars.Client.Commands;

/// <summary>mars recognize FILE</summary>
internal static class RecognizeCommand
{
    // The server's own limit is 32 MiB a message; what is around the video needs a little.
    private const long MaxBytes = (32 << 20) - 4096;

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "A video file, or a folder of pictures." };
        var server = ServerOption.Create();
        var model = new Option<string>("--model") { Description = "Model or ensemble; the server's default otherwise.", HelpName = "NAME", DefaultValueFactory = _ => "" };
        var topK = new Option<int>("--top-k") { Description = "Labels to print.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var fps = new Option<double>("--fps") { Description = "Frames per second of a folder of pictures.", HelpName = "F", DefaultValueFactory = _ => 25 };
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Command("recognize", "Tell what is done in a video: the best five actions.") { file, server, model, topK, fps, json };
        var credentials = new CredentialOptions();
        credentials.AddTo(command);
        command.SetAction((parsed, cancellation) => ServerOption.CallAsync(parsed.GetRequiredValue(server), credentials.ToClient(parsed), async client =>
        {
            var path = parsed.GetRequiredValue(file);
            var whole = File.Exists(path) && new FileInfo(path).Length <= MaxBytes;
            var response = whole
                ? await client.RecognizeAsync(await File.ReadAllBytesAsync(path, cancellation), parsed.GetRequiredValue(model), parsed.GetValue(topK), cancellation)
                : await client.RecognizeAsync(
                    await FramesAsync(path, parsed.GetValue(fps), cancellation), 0, parsed.GetRequiredValue(model), parsed.GetValue(topK), cancellation);
            Show(terminal, path, response, parsed.GetValue(json));
            return 0;
        }));
        return command;
    }

    private static async Task<IReadOnlyList<Frame>> FramesAsync(string path, double fps, CancellationToken cancellationToken)
    {
        if (!Path.Exists(path))
            throw new SourceException($"{CameraAddress.Masked(path)} does not exist");
        using var source = FrameSources.Open(path, new SourceOptions { FrameRate = fps }, TimeProvider.System);
        var feed = new FrameFeed(source, default, paced: false, TimeProvider.System);
        var frames = new List<Frame>();
        long bytes = 0;
        await foreach (var frame in feed.ReadAsync(cancellationToken))
        {
            frames.Add(frame);
            if ((bytes += frame.Data.Length + 64) > MaxBytes)
                throw new SourceException($"{path} is too long for one message: use mars watch --fast, which streams it");
        }
        return frames;
    }

    private static void Show(Terminal terminal, string path, RecognizeResponse response, bool json)
    {
        if (json)
        {
            new JsonLines(terminal.Out).Write(new
            {
                Type = "recognition",
                File = path,
                Model = UpdateJson.Name(response.Model),
                Actions = UpdateJson.Actions(response.Actions),
                Clips = response.Clips.Select(c => new { c.FirstSequence, c.LastSequence, Actions = UpdateJson.Actions(c.Actions.Take(1)) }),
            });
            return;
        }
        terminal.Console.MarkupLineInterpolated($"{Path.GetFileName(path)}: {response.Clips.Count} clips, by {UpdateJson.Name(response.Model)}");
        foreach (var action in response.Actions)
            terminal.Console.MarkupLine($"  {Bar.Markup(action.Score, 30)} {action.Score,5:0.000}  {Markup.Escape(action.Label)}");
    }
}
