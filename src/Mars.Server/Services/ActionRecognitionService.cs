using Grpc.Core;
using Mars.Inference.Batching;
using Mars.Inference.Serving;
using Mars.Server.Clips;
using Mars.Server.Errors;
using Mars.Server.Health;
using Mars.Server.Security;
using Mars.Server.Streams;
using Mars.V1;
using Microsoft.AspNetCore.Authorization;

namespace Mars.Server.Services;

/// <summary>mars.v1.ActionRecognition: reads the requests and leaves the work to Streams/ and Clips/.</summary>
internal sealed class ActionRecognitionService(
    ModelCatalog models, Readiness readiness, StreamServices services, AuditLog audit, IHostApplicationLifetime lifetime) : ActionRecognition.ActionRecognitionBase
{
    private static readonly TimeSpan RetryWhenDegraded = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryWhenOpen = TimeSpan.FromSeconds(5);

    // For the first message of a stream.
    private static readonly TimeSpan ToOpen = TimeSpan.FromSeconds(30);

    [Authorize(Policies.Publisher)]
    public override async Task<RecognizeResponse> Recognize(RecognizeRequest request, ServerCallContext context)
    {
        var model = Model(request.Model);
        var caller = context.Caller();
        if (caller.Budget.TryTake(request.InputCase == RecognizeRequest.InputOneofCase.Frames ? request.Frames.Frames.Count : 0, request.CalculateSize()) is { Ticks: > 0 } wait)
            throw Full(context, $"'{caller.Name}' sends more than it may", wait);
        using var recognizer = new ClipRecognizer(model, StreamSettings.ClampTopK(request.TopK, model), services.Options.WindowsInFlight, services.Time);
        switch (request.InputCase)
        {
            case RecognizeRequest.InputOneofCase.Frames:
                await ClipSources.AddFramesAsync(recognizer, request.Frames, model.Package.Manifest.FrameRate, services.Options, context.CancellationToken).ConfigureAwait(false);
                break;
            case RecognizeRequest.InputOneofCase.Video:
                caller.Budget.Charge(await ClipSources.AddVideoAsync(recognizer, request.Video, services.Options, services.Time, context.CancellationToken).ConfigureAwait(false));
                break;
            default:
                throw RpcErrors.Invalid("input", "must be frames or video");
        }
        return await recognizer.FinishAsync(context.CancellationToken).ConfigureAwait(false) ?? throw RpcErrors.RunFailed();
    }

    [Authorize(Policies.Publisher)]
    public override async Task RecognizeStream(
        IAsyncStreamReader<RecognizeStreamRequest> requestStream, IServerStreamWriter<RecognizeStreamResponse> responseStream, ServerCallContext context)
    {
        CheckReady();
        var caller = context.Caller();
        using var requests = new GuardedReader<RecognizeStreamRequest>(requestStream, caller, services.Time) { Patience = ToOpen };
        if (!await requests.MoveNext(context.CancellationToken).ConfigureAwait(false)
            || requests.Current.MessageCase != RecognizeStreamRequest.MessageOneofCase.Open)
        {
            throw RpcErrors.Invalid("message", "the first message of a stream must be open");
        }
        var open = requests.Current.Open;
        if (!caller.MayPublish(open.CameraId))
            throw Forbidden(context, $"'{caller.Name}' may not publish camera '{open.CameraId}'");
        var settings = StreamSettings.Read(open, models, services.Options) with { Budget = caller.Budget };
        // A camera that was here may come back after its connection broke; one more would take from those that are here.
        if (settings.Model.Scheduler.Ladder.Step >= DegradationLadder.Refusing && !services.Cameras.Knows(settings.CameraId))
            throw RpcErrors.Full($"the model {settings.Model.Key} cannot keep up with the cameras that it has", RetryWhenDegraded);
        using var place = caller.Budget.TryOpen() ?? throw Full(context, $"'{caller.Name}' has as many streams open as it may", RetryWhenOpen);
        requests.Patience = services.Options.IdleSeconds > 0 ? TimeSpan.FromSeconds(services.Options.IdleSeconds) : Timeout.InfiniteTimeSpan;
        using var session = new CameraSession(settings, services);
        await session.RunAsync(requests, responseStream, context.CancellationToken, lifetime.ApplicationStopping).ConfigureAwait(false);
    }

    [Authorize(Policies.Viewer)]
    public override async Task WatchCameras(WatchCamerasRequest request, IServerStreamWriter<CameraUpdate> responseStream, ServerCallContext context)
    {
        var caller = context.Caller();
        if (request.CameraIds.FirstOrDefault(c => !caller.MaySee(c)) is { } hidden)
            throw Forbidden(context, $"'{caller.Name}' may not see camera '{hidden}'");
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping, caller.Ended);
        using var watcher = new CameraWatcher(request, caller.MaySee, services.Options.MaxReplies);
        services.Cameras.Add(watcher);
        try
        {
            foreach (var state in services.Cameras.List())
                watcher.Offer(new CameraUpdate { CameraId = state.CameraId, State = state });
            await foreach (var update in watcher.Outbox.ReadAllAsync(linked.Token).ConfigureAwait(false))
                await responseStream.WriteAsync(update, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw lifetime.ApplicationStopping.IsCancellationRequested ? RpcErrors.Draining() : RpcErrors.AccessEnded();
        }
        catch (OperationCanceledException)
        {
            // The watcher has gone; there is nobody to tell.
        }
        finally
        {
            services.Cameras.Remove(watcher);
            watcher.Outbox.Complete();
        }
    }

    [Authorize(Policies.Viewer)]
    public override Task<ListCamerasResponse> ListCameras(ListCamerasRequest request, ServerCallContext context)
    {
        var response = new ListCamerasResponse();
        response.Cameras.AddRange(services.Cameras.List().Where(c => context.Caller().MaySee(c.CameraId)));
        return Task.FromResult(response);
    }

    [Authorize(Policies.PublisherOrViewer)]
    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context)
    {
        CheckReady();
        var response = new ListModelsResponse();
        response.Models.AddRange(models.All.Select(m => m.ToInfo(m == models.Default)));
        return Task.FromResult(response);
    }

    private RpcException Full(ServerCallContext context, string why, TimeSpan retry)
    {
        audit.Refused(context.GetHttpContext(), why);
        return RpcErrors.Full(why, retry);
    }

    private RpcException Forbidden(ServerCallContext context, string why)
    {
        audit.Refused(context.GetHttpContext(), why);
        return RpcErrors.Forbidden(why);
    }

    private ServedModel Model(string name)
    {
        CheckReady();
        return models.Find(name) ?? throw RpcErrors.ModelNotFound(name, models.Names);
    }

    private void CheckReady()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            throw RpcErrors.Draining();
        if (!readiness.IsReady)
            throw RpcErrors.NotReady();
    }
}
