using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mars.Server.Hosting;

/// <summary>
/// Leaves a connection open for a moment after its last byte when the server stops. .NET's HTTP/2 client throws away what it has received and not yet given to its
/// caller when the connection closes while it still had something to send: a camera would read INTERNAL instead of its last answers and UNAVAILABLE.
/// </summary>
internal static class LingeringClose
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(0.3);

    public static void LingerAtStop(this ListenOptions listen)
    {
        var lifetime = listen.ApplicationServices.GetRequiredService<IHostApplicationLifetime>();
        listen.Use(next => async (ConnectionContext connection) =>
        {
            await next(connection).ConfigureAwait(false);
            if (lifetime.ApplicationStopping.IsCancellationRequested)
                await Task.Delay(Moment, CancellationToken.None).ConfigureAwait(false);
        });
    }
}
