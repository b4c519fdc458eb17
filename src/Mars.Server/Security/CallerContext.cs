using Grpc.Core;

namespace Mars.Server.Security;

/// <summary>Who calls, from where a call is handled.</summary>
internal static class CallerContext
{
    /// <summary>The caller of a request to an endpoint that needs one.</summary>
    public static CallerAccess Caller(this HttpContext context) =>
        context.Features.Get<CallerAccess>() ?? throw new InvalidOperationException("the endpoint asks who calls, and does not require authorisation");

    /// <summary>The caller of a gRPC call.</summary>
    public static CallerAccess Caller(this ServerCallContext context) => context.GetHttpContext().Caller();
}
