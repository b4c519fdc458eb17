using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Mars.Server.KServe;

/// <summary>Puts the Open Inference Protocol into the server.</summary>
internal static class KServeHosting
{
    public static IServiceCollection AddMarsKServe(this IServiceCollection services)
    {
        services.TryAddSingleton<ClipInference>();
        return services;
    }

    public static void MapMarsKServe(this IEndpointRouteBuilder app) => app.MapGrpcService<KServeService>();
}
