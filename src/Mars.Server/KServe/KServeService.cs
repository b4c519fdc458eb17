using Grpc.Core;
using KServe.V2;
using Mars.Inference.Serving;
using Mars.Server.Configuration;
using Mars.Server.Errors;
using Mars.Server.Health;
using Mars.Server.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Mars.Server.KServe;

/// <summary>inference.GRPCInferenceService: the Open Inference Protocol, for clients of Triton and KServe.</summary>
internal sealed class KServeService(
    ModelCatalog models, ClipInference inference, IOptions<ModelOptions> options, Readiness readiness, AuditLog audit, TimeProvider time, IHostApplicationLifetime lifetime) : GRPCInferenceService.GRPCInferenceServiceBase
{
    private static readonly string[] Extensions = ["classification", "model_configuration", "statistics"];

    private bool IsReady => readiness.IsReady && !lifetime.ApplicationStopping.IsCancellationRequested;

    [AllowAnonymous]
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) => Task.FromResult(new ServerLiveResponse { Live = true });

    [AllowAnonymous]
    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) => Task.FromResult(new ServerReadyResponse { Ready = IsReady });

    [Authorize(Policies.PublisherOrViewer)]
    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelReadyResponse { Ready = IsReady && Find(request.Name, request.Version) is not null });

    [Authorize(Policies.PublisherOrViewer)]
    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context)
    {
        var version = typeof(KServeService).Assembly.GetName().Version?.ToString(3) ?? "";
        return Task.FromResult(new ServerMetadataResponse { Name = "mars", Version = version, Extensions = { Extensions } });
    }

    [Authorize(Policies.PublisherOrViewer)]
    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context)
    {
        var model = Model(request.Name, request.Version);
        var versions = models.All.Select(m => m.Package.Manifest).Where(m => m.Name == model.Package.Manifest.Name).Select(m => m.Version);
        return Task.FromResult(model.ToMetadata(versions));
    }

    [Authorize(Policies.PublisherOrViewer)]
    public override Task<ModelConfigResponse> ModelConfig(ModelConfigRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelConfigResponse { Config = Model(request.Name, request.Version).ToConfig(options.Value.MaxBatch) });

    [Authorize(Policies.PublisherOrViewer)]
    public override Task<ModelStatisticsResponse> ModelStatistics(ModelStatisticsRequest request, ServerCallContext context)
    {
        CheckReady();
        var response = new ModelStatisticsResponse();
        foreach (var model in request.Name.Length == 0 ? models.All : [Model(request.Name, request.Version)])
            response.ModelStats.Add(inference.CountsOf(model).ToMessage(model.Package.Manifest.Name, model.Package.Manifest.Version));
        return Task.FromResult(response);
    }

    [Authorize(Policies.PublisherOrViewer)]
    public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context)
    {
        var response = new RepositoryIndexResponse();
        foreach (var manifest in models.All.Select(m => m.Package.Manifest))
            response.Models.Add(new RepositoryIndexResponse.Types.ModelIndex { Name = manifest.Name, Version = manifest.Version, State = "READY" });
        return Task.FromResult(response);
    }

    [Authorize(Policies.Publisher)]
    public override async Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        var model = Model(request.ModelName, request.ModelVersion);
        var caller = context.Caller();
        if (caller.Budget.TryTake(Frames(request), request.CalculateSize()) is { Ticks: > 0 } wait)
        {
            var why = $"'{caller.Name}' sends more than it may";
            audit.Refused(context.GetHttpContext(), why);
            throw RpcErrors.Full(why, wait);
        }
        return await inference.RunAsync(model, request, context.CancellationToken).ConfigureAwait(false);
    }

    [Authorize(Policies.Publisher)]
    public override async Task ModelStreamInfer(
        IAsyncStreamReader<ModelInferRequest> requestStream, IServerStreamWriter<ModelStreamInferResponse> responseStream, ServerCallContext context)
    {
        using var requests = new GuardedReader<ModelInferRequest>(requestStream, context.Caller(), time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            while (await requests.MoveNext(linked.Token).ConfigureAwait(false))
                await responseStream.WriteAsync(await AnswerAsync(requests.Current, context).ConfigureAwait(false), context.CancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled } && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw RpcErrors.Draining();
        }
    }

    private async Task<ModelStreamInferResponse> AnswerAsync(ModelInferRequest request, ServerCallContext context)
    {
        try
        {
            return new ModelStreamInferResponse { InferResponse = await ModelInfer(request, context).ConfigureAwait(false) };
        }
        catch (RpcException exception)
        {
            return new ModelStreamInferResponse { ErrorMessage = exception.Status.Detail, InferResponse = new ModelInferResponse { Id = request.Id, ModelName = request.ModelName } };
        }
    }

    // What the request says; whether it is true is checked later, and its bytes are counted too.
    private static int Frames(ModelInferRequest request) => request.Inputs is [{ Shape: [var clips, var frames, ..] }] ? (int)(Math.Clamp(clips, 0, ushort.MaxValue) * Math.Clamp(frames, 0, byte.MaxValue)) : 0;

    private ServedModel? Find(string name, string version) => models.Find(version.Length == 0 ? name : $"{name}/{version}");

    private ServedModel Model(string name, string version)
    {
        CheckReady();
        return Find(name, version) ?? throw RpcErrors.ModelNotFound(version.Length == 0 ? name : $"{name}/{version}", models.Names);
    }

    private void CheckReady()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            throw RpcErrors.Draining();
        if (!readiness.IsReady)
            throw RpcErrors.NotReady();
    }
}
