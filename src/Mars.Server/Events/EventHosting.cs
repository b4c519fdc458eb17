using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Mars.Server.Events;

/// <summary>Puts the sinks into the server.</summary>
internal static class EventHosting
{
    public static IServiceCollection AddMarsEvents(this IServiceCollection services)
    {
        services.AddOptions<SinkOptions>().BindConfiguration(SinkOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SinkOptions>, SinkOptionsValidator>();
        services.TryAddSingleton<SinkMetrics>();
        services.AddHostedService<EventSinks>();
        return services;
    }
}
