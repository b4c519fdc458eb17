using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;

namespace Mars.Server.Health;

/// <summary>grpc.health.v1 over the package's implementation, whose Watch calls would otherwise hold up a server that stops.</summary>
internal sealed class HealthService(HealthServiceImpl health, IHostApplicationLifetime lifetime) : Grpc.Health.V1.Health.HealthBase
{
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => health.Check(request, context);

    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        var watching = health.Watch(request, responseStream, context);
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, lifetime.ApplicationStopping);
        if (await Task.WhenAny(watching, stopping).ConfigureAwait(false) == watching)
            await watching.ConfigureAwait(false);
        else
            throw new RpcException(new Status(StatusCode.Unavailable, "this server is stopping"));
    }
}
