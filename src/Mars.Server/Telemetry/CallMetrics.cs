using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Mars.Inference.Diagnostics;

namespace Mars.Server.Telemetry;

/// <summary>
/// Times every gRPC call as https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/ says. A stream's call lasts as long as its camera stays. error.type, which would repeat the
/// status, is left out.
/// </summary>
internal sealed class CallMetrics : Interceptor
{
    private static readonly double[] Buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]; // the convention's

    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;

    public CallMetrics(IMeterFactory factory, TimeProvider time)
    {
        _time = time;
        _duration = factory.Create(InferenceMetrics.MeterName).CreateHistogram(
            "rpc.server.call.duration", "s", "Duration of gRPC calls.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
    }

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        TimeAsync(() => continuation(request, context), context);

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        TimeAsync(() => continuation(requestStream, context), context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        TimeAsync(() => continuation(request, responseStream, context), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        TimeAsync(() => continuation(requestStream, responseStream, context), context);

    private async Task<TResponse> TimeAsync<TResponse>(Func<Task<TResponse>> call, ServerCallContext context)
    {
        var response = default(TResponse);
        await TimeAsync(async Task () => response = await call().ConfigureAwait(false), context).ConfigureAwait(false);
        return response!;
    }

    private async Task TimeAsync(Func<Task> call, ServerCallContext context)
    {
        var started = _time.GetTimestamp();
        var status = StatusCode.OK;
        try
        {
            await call().ConfigureAwait(false);
            status = context.Status.StatusCode;
        }
        catch (Exception exception)
        {
            status = exception switch
            {
                RpcException rpc => rpc.StatusCode,
                OperationCanceledException => StatusCode.Cancelled,
                _ => StatusCode.Unknown,
            };
            throw;
        }
        finally
        {
            // A method that nobody has is answered before the interceptors, so its name cannot be anything that a caller likes.
            _duration.Record(_time.GetElapsedTime(started).TotalSeconds, new TagList
            {
                { "rpc.system.name", "grpc" }, { "rpc.method", context.Method.TrimStart('/') }, { "rpc.response.status_code", Name(status) },
            });
        }
    }

    // The names of https://grpc.io/docs/guides/status-codes/: DEADLINE_EXCEEDED for DeadlineExceeded.
    private static string Name(StatusCode status) => status == StatusCode.OK
        ? "OK"
        : string.Concat(status.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
}
