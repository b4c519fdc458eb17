using Grpc.Health.V1;
using Grpc.HealthCheck;

namespace Mars.Server.Health;

/// <summary>Whether the server can answer: from the end of the warm-up to the beginning of the drain. Kept in step with grpc.health.v1.</summary>
internal sealed class Readiness
{
    private static readonly string[] Services = ["", "mars.v1.ActionRecognition"];

    private readonly HealthServiceImpl _health;
    private volatile bool _ready;

    public Readiness(HealthServiceImpl health, IHostApplicationLifetime lifetime)
    {
        _health = health;
        Set(false);
        lifetime.ApplicationStopping.Register(() => Set(false));
    }

    public bool IsReady => _ready;

    public void Set(bool ready)
    {
        _ready = ready;
        foreach (var service in Services)
            _health.SetStatus(service, ready ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing);
    }
}
