using System.CommandLine;
using Mars.Client.Cameras;
using Mars.Client.Reporting;
using Mars.Client.Sources;
using Mars.Client.Streaming;
using Mars.V1;

namespace Mars.Client.Commands;

/// <summary>mars watch SOURCE</summary>
internal static class WatchCommand
{
    // The server's default.
    private static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(1);

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
        IWatchView? view = null;
        CameraLost? lost = null;
        var name = CameraAddress.Masked(parsed.GetRequiredValue(options.Source));
        using var source = FrameSources.Open(
            parsed.GetRequiredValue(options.Source),
            options.Capture.ToSource(parsed, parsed.GetValue(options.FrameRate)) with { OnLost = l => view?.CameraLost(lost = l), OnBack = () => view?.CameraBack() },
            time);
        return await ServerOption.CallAsync(parsed.GetRequiredValue(options.Server), options.Credentials.ToClient(parsed), async client =>
        {
            var fast = options.IsFast(parsed, source);
            var camera = options.ToCamera(parsed, source);
            var feed = new FrameFeed(source, new FrameEncoding(parsed.GetValue(options.FullSize), parsed.GetValue(options.Raw)), !fast, time);
            var statistics = new WatchStatistics(time);
            view = WatchViews.Create(terminal, parsed.GetValue(options.Json), camera.CameraId, statistics, fast ? "send to decision" : "capture to decision");
            var clock = new DecisionClock(!fast, time);
            var gaps = new GapWatch();
            var run = new CameraRun(feed, stop => client.OpenCameraAsync(camera with { OnConnectionLost = view.ConnectionLost }, stop))
            {
                Sending = frame =>
                {
                    clock.Sending(frame);
                    statistics.FrameSent();
                    if (source.IsLive && gaps.Sending(frame, MaxGap) is { } warning)
                        view.Warning(warning);
                },
                Received = update => Show(update, view, statistics, clock),
            };
            if (source.IsLive)
                view.Opening(name);
            try
            {
                await view.ShowAsync(() => run.RunAsync(cancellation));
            }
            finally
            {
                if (statistics.Snapshot().FramesSent > 0)
                    view.Summary(statistics.Snapshot(feed.Skipped));
            }
            return statistics.Snapshot().FramesSent > 0 ? 0 : throw new SourceException($"{name} gave no frame{(lost is null ? "" : $": {lost.Reason}")}");
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
