using System.Globalization;
using Mars.Server.Configuration;
using Mars.Server.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Mars.Server.Dashboard;

/// <summary>The live page: its files at / and below /page/, and what it shows below /live/.</summary>
internal static class PageHosting
{
    public static void AddMarsPage(this IServiceCollection services)
    {
        services.AddOptions<PageOptions>().BindConfiguration(PageOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PageOptions>, PageOptionsValidator>();
        services.TryAddSingleton<CameraHistories>();
        services.TryAddSingleton<CameraPictures>();
        services.TryAddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<CameraHistories>());
    }

    public static void MapMarsPage(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<PageOptions>>().Value.Enabled)
            return;
        var files = app.MapGroup("").RequireAuthorization(Policies.Viewer).AddEndpointFilter(Guard);
        files.MapPageFiles();
        var live = app.MapGroup("/live").RequireAuthorization(Policies.Viewer).AddEndpointFilter(Guard);
        live.MapGet("/events", Events);
        live.MapGet("/camera", Camera);
        live.MapGet("/picture", Picture);
        live.MapGet("/activation-map", ActivationMap);
    }

    private static IResult Events(HttpContext context, LiveFeed feed)
    {
        if (!feed.TryEnter())
        {
            context.Response.Headers.RetryAfter = "10";
            return TypedResults.Problem("too many pages are open (Mars:Page:MaxViewers)", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        context.Response.OnCompleted(() =>
        {
            feed.Leave();
            return Task.CompletedTask;
        });
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would keep events back
        return TypedResults.ServerSentEvents(feed.ReadAsync(context.Caller(), context.RequestAborted));
    }

    private static IResult Camera(string id, HttpContext context, CameraHistories histories) =>
        context.Caller().MaySee(id) && histories.Past(id) is { } past ? TypedResults.Ok(past) : TypedResults.NotFound();

    private static IResult Picture(string camera, HttpContext context, CameraPictures pictures) =>
        context.Caller().MaySee(camera) && pictures.Newest(camera) is { } jpeg ? TypedResults.Bytes(jpeg, "image/jpeg") : TypedResults.NotFound();

    private static async Task<IResult> ActivationMap(string camera, string? label, HttpContext context, CameraPictures pictures)
    {
        if (!context.Caller().MaySee(camera))
            return TypedResults.NotFound();
        try
        {
            if (await pictures.MapAsync(camera, label, context.RequestAborted).ConfigureAwait(false) is not { } map)
                return TypedResults.NotFound();
            context.Response.Headers["Mars-Label"] = Uri.EscapeDataString(map.Label);
            context.Response.Headers["Mars-Score"] = map.Score.ToString("0.###", CultureInfo.InvariantCulture);
            return TypedResults.Bytes(map.Png, "image/png");
        }
        catch (InvalidDataException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static ValueTask<object?> Guard(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return next(context);
    }
}
