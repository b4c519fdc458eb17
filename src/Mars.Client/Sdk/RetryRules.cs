using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;

namespace Mars.Client;

/// <summary>Tells a fault that passes (the network, a server that restarts or is full) from one that does not (a wrong request).</summary>
internal static class RetryRules
{
    public static bool IsTransient(RpcException error) => error.StatusCode switch
    {
        StatusCode.Unavailable => true,
        // The server ended a stream that was silent; this client sets no deadlines of its own.
        StatusCode.DeadlineExceeded => true,
        // Without retry information it is a message over the size limit, which will be as large the next time.
        StatusCode.ResourceExhausted => RetryDelay(error) is not null,
        StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.Unauthenticated or StatusCode.PermissionDenied
            // Aborted: another client streams under this camera's id. Two that both insisted would push each other out for ever.
            or StatusCode.Aborted or StatusCode.FailedPrecondition or StatusCode.OutOfRange or StatusCode.Unimplemented or StatusCode.AlreadyExists => false,
        // A reset of the HTTP/2 stream without trailers: a proxy, or a server that was killed.
        StatusCode.Cancelled => true,
        _ => IsBrokenConnection(error.Status.DebugException),
    };

    /// <summary>The delay that the server asks for.</summary>
    public static TimeSpan? RetryDelay(RpcException error) => error.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();

    private static bool IsBrokenConnection(Exception? cause)
    {
        for (; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException or HttpRequestException or SocketException)
                return true;
        }
        return false;
    }
}
