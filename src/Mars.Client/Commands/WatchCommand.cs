using System.CommandLine;
using Mars.Client.Reporting;
using Mars.Client.Sources;
using Mars.Client.Streaming;
using Mars.V1;

namespace Mars.Client.Commands;

/// <summary>mars watch SOURCE</summary>
internal static class WatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var options = new WatchOptions();
        var command = new Command("watch", "Stream a camera, a video file or a folder of pictures, and show what is done in it. Ctrl-C ends it well.");
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(terminal, options, parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, WatchOptions options, ParseResult parsed, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        using var source = FrameSources.Open(parsed.GetRequiredValue(options.Source), parsed.GetValue(options.FrameRate), time);
        return await ServerOption.CallAsync(parsed.GetRequiredValue(options.Server), options.Credentials.ToClient(parsed), async client =>
        {
            var fast = options.IsFast(parsed, source);
            var camera = options.ToCamera(parsed, source);
            var feed = new FrameFeed(source, new FrameEncoding(parsed.GetValue(options.FullSize), parsed.GetValue(options.Raw)), !fast, time);
            var statistics = new WatchStatistics(time);
            var view = WatchViews.Create(terminal, parsed.GetValue(options.Json), camera.CameraId, statistics, fast ? "send to decision" : "capture to decision");
            var clock = new DecisionClock(!fast, time);
            await using var stream = await client.OpenCameraAsync(camera with { OnConnectionLost = view.ConnectionLost }, cancellation);
            var run = new CameraRun(stream, feed)
            {
                Sending = frame =>
                {
                    clock.Sending(frame);
                    statistics.FrameSent();
                },
                Received = update => Show(update, view, statistics, clock),
            };
            try
            {
                await view.ShowAsync(() => run.RunAsync(cancellation));
            }
            finally
            {
                view.Summary(statistics.Snapshot(feed.Skipped));
            }
            return 0;
        });
    }

    private static void Show(RecognizeStreamResponse update, IWatchView view, WatchStatistics statistics, DecisionClock clock)
    {
        switch (update.MessageCase)
        {
            case RecognizeStreamResponse.MessageOneofCase.Opened:
                statistics.Opened();
                view.Opened(update.Opened);
                break;
            case RecognizeStreamResponse.MessageOneofCase.Prediction:
                var delay = clock.Elapsed(update.Prediction);
                statistics.Answered(delay);
                view.Predicted(update.Prediction, delay);
                break;
            case RecognizeStreamResponse.MessageOneofCase.Event:
                statistics.Event(update.Event);
                view.Event(update.Event);
                break;
            case RecognizeStreamResponse.MessageOneofCase.Notice:
                statistics.Notice(update.Notice);
                view.Notice(update.Notice);
                break;
        }
    }
}
