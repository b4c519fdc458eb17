using Mars.Client.Reporting;
using Mars.Client.Sources;
using Mars.Client.Streaming;
using Mars.V1;

namespace Mars.Client.Demo;

/// <summary>The whole of Mars on one machine: a video, a server of its own, and a camera that streams the one to the other.</summary>
internal sealed class DemoRun(DemoOptions options, IDemoView view, TimeProvider time)
{
    private long _superseded;

    /// <returns>Whether anything was recognised.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        view.Step(options.Source is null ? $"rendering {options.Seconds:0} s of video that no model has seen (seed {options.Seed})" : $"showing {options.Source}");
        // The server starts while the video is rendered.
        var starting = ServerProcess.StartAsync(ServerFiles.Server(), ServerFiles.Models(), [], null, cancellationToken);
        DemoVideo video;
        try
        {
            video = await Task.Run(() => options.Source is { } file ? DemoVideos.Open(file) : DemoVideos.Render(folder.Path, options.Seed, options.Seconds), cancellationToken);
        }
        catch
        {
            await (await starting).DisposeAsync();
            throw;
        }
        await using var server = await starting;
        view.Step($"serving at {server.Address.GetLeftPart(UriPartial.Authority)}, streaming as a camera in real time");
        var score = new DemoScore(video);
        await StreamAsync(server.Address, video, score, cancellationToken);
        var result = score.Result(_superseded);
        view.Result(result);
        if (options.Picture is { } picture)
        {
            FrameStrip.Draw(picture, video, score.Windows);
            view.Step($"wrote {picture}");
        }
        return result.Recognised;
    }

    private async Task StreamAsync(Uri address, DemoVideo video, DemoScore score, CancellationToken cancellationToken)
    {
        using var client = new MarsClient(address);
        using var source = new VideoFileSource(video.Path);
        var camera = new CameraOptions { CameraId = "demo", Mode = DeliveryMode.Live, Events = Events(await client.ListModelsAsync(cancellationToken)) };
        var clock = new DecisionClock(fromCapture: true, time);
        var run = new CameraRun(new FrameFeed(source, default, paced: true, time), stop => client.OpenCameraAsync(camera, stop))
        {
            Sending = score.Sending,
            Received = update => Show(update, score, clock),
        };
        await view.ShowAsync(() => run.RunAsync(cancellationToken));
    }

    // Everything that is done; rest is none of it.
    private static EventOptions Events(IReadOnlyList<ModelInfo> models)
    {
        var events = new EventOptions();
        var labels = models.FirstOrDefault(m => m.IsDefault)?.Labels;
        if (labels?.Contains(TruthSegment.Rest) == true)
            events.Labels.AddRange(labels.Where(l => l != TruthSegment.Rest));
        return events;
    }

    private void Show(RecognizeStreamResponse update, DemoScore score, DecisionClock clock)
    {
        if (update.Opened is { } opened)
        {
            view.Opened(opened);
        }
        else if (update.Prediction is { } prediction)
        {
            var delay = clock.Elapsed(prediction);
            view.Window(score.Add(prediction, delay), delay);
        }
        else if (update.Event is { } action)
        {
            view.Event(score.Add(action));
        }
        else if (update.Notice is { Kind: Notice.Types.Kind.Superseded } notice)
        {
            _superseded += NoticeCount.Of(notice);
        }
    }
}
