using Grpc.Core;
using Mars.Inference.Batching;
using Mars.Inference.Serving;
using Mars.Server.Clips;
using Mars.Server.Errors;
using Mars.Server.Health;
using Mars.Server.Streams;
using Mars.V1;

namespace Mars.Server.Services;

/// <summary>mars.v1.ActionRecognition: reads the requests and leaves the work to Streams/ and Clips/.</summary>
internal sealed class ActionRecognitionService(
    ModelCatalog models, Readiness readiness, StreamServices services, IHostApplicationLifetime lifetime) : ActionRecognition.ActionRecognitionBase
{
    private static readonly TimeSpan RetryWhenDegraded = TimeSpan.FromSeconds(15);

    public override async Task<RecognizeResponse> Recognize(RecognizeRequest request, ServerCallContext context)
    {
        var model = Model(request.Model);
        using var recognizer = new ClipRecognizer(model, StreamSettings.ClampTopK(request.TopK, model), services.Options.WindowsInFlight, services.Time);
        switch (request.InputCase)
        {
            case RecognizeRequest.InputOneofCase.Frames:
                await ClipSources.AddFramesAsync(recognizer, request.Frames, model.Package.Manifest.FrameRate, services.Options, context.CancellationToken).ConfigureAwait(false);
                break;
            case RecognizeRequest.InputOneofCase.Video:
                await ClipSources.AddVideoAsync(recognizer, request.Video, services.Options, context.CancellationToken).ConfigureAwait(false);
                break;
            default:
                throw RpcErrors.Invalid("input", "must be frames or video");
        }
        return await recognizer.FinishAsync(context.CancellationToken).ConfigureAwait(false) ?? throw RpcErrors.RunFailed();
    }

    public override async Task RecognizeStream(
        IAsyncStreamReader<RecognizeStreamRequest> requestStream, IServerStreamWriter<RecognizeStreamResponse> responseStream, ServerCallContext context)
    {
        CheckReady();
        if (!await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false)
            || requestStream.Current.MessageCase != RecognizeStreamRequest.MessageOneofCase.Open)
        {
            throw RpcErrors.Invalid("message", "the first message of a stream must be open");
        }
        var settings = StreamSettings.Read(requestStream.Current.Open, models, services.Options);
        // A camera that was here may come back after its connection broke; one more would take from those that are here.
        if (settings.Model.Scheduler.Ladder.Step == DegradationLadder.Refusing && !services.Cameras.Knows(settings.CameraId))
            throw RpcErrors.Full($"the model {settings.Model.Key} cannot keep up with the cameras that it has", RetryWhenDegraded);
        using var session = new CameraSession(settings, services);
        await session.RunAsync(requestStream, responseStream, context.CancellationToken, lifetime.ApplicationStopping).ConfigureAwait(false);
    }

    public override async Task WatchCameras(WatchCamerasRequest request, IServerStreamWriter<CameraUpdate> responseStream, ServerCallContext context)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        using var watcher = new CameraWatcher(request, services.Options.MaxReplies);
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
            throw RpcErrors.Draining();
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

    public override Task<ListCamerasResponse> ListCameras(ListCamerasRequest request, ServerCallContext context)
    {
        var response = new ListCamerasResponse();
        response.Cameras.AddRange(services.Cameras.List());
        return Task.FromResult(response);
    }

    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context)
    {
        CheckReady();
        var response = new ListModelsResponse();
        response.Models.AddRange(models.All.Select(m => m.ToInfo(m == models.Default)));
        return Task.FromResult(response);
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
