using System.Collections.Concurrent;
using Grpc.Core;
using KServe.V2;
using Mars.Inference.Serving;
using Mars.Server.Configuration;
using Mars.Server.Errors;
using Microsoft.Extensions.Options;

namespace Mars.Server.KServe;

/// <summary>Answers ModelInfer, and counts.</summary>
internal sealed class ClipInference(IOptions<StreamOptions> streams, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, InferCounts> _counts = new(StringComparer.Ordinal);

    public InferCounts CountsOf(ServedModel model) => _counts.GetOrAdd(model.Key, static _ => new InferCounts());

    /// <summary>Reads the request's clips, runs them, and writes what is asked for.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, or INTERNAL when a run failed.</exception>
    public async Task<ModelInferResponse> RunAsync(ServedModel model, ModelInferRequest request, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        try
        {
            InferOutputs.Check(request);
            var (clips, pixels) = ClipTensor.Read(request, model.Scheduler.Shape);
            var read = time.GetTimestamp();
            using var batch = new ClipBatch(model, clips, streams.Value.WindowsInFlight, time);
            if (!await batch.RunAsync(pixels, cancellation).ConfigureAwait(false))
                throw RpcErrors.RunFailed();
            var ran = time.GetTimestamp();
            var manifest = model.Package.Manifest;
            var response = new ModelInferResponse { Id = request.Id, ModelName = manifest.Name, ModelVersion = manifest.Version };
            new InferOutputs(request.RawInputContents.Count > 0, model.Package.Labels).Write(request, batch.Logits, response);
            CountsOf(model).Succeeded(clips, batch, time.GetElapsedTime(started, read), time.GetElapsedTime(ran), time.GetElapsedTime(started), time.GetUtcNow());
            return response;
        }
        catch (RpcException)
        {
            CountsOf(model).Failed(time.GetElapsedTime(started));
            throw;
        }
    }
}
