using System.Globalization;
using Grpc.Core;
using Mars.Server.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Net.Http.Headers;

namespace Mars.Server.Security;

/// <summary>Answers callers whom authorisation has refused: with a gRPC status or an HTTP one, and a line in the audit log.</summary>
internal sealed class RefusalHandler(AuditLog audit) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        if (authorizeResult.Challenged)
        {
            // Not done again: the handler remembers what it found.
            var failure = (await context.AuthenticateAsync().ConfigureAwait(false)).Failure?.Message;
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, RpcErrors.Unauthenticated(failure ?? "give a key (x-api-key), a token (authorization: Bearer) or a client certificate")).ConfigureAwait(false);
            return;
        }
        var roles = policy.Requirements.OfType<RolesAuthorizationRequirement>().SelectMany(r => r.AllowedRoles).Where(r => r != CallerRole.Administrator).DefaultIfEmpty(CallerRole.Administrator);
        await RefuseAsync(context, StatusCodes.Status403Forbidden, RpcErrors.Forbidden($"'{context.Caller().Name}' is no {string.Join(" and no ", roles)}")).ConfigureAwait(false);
    }

    private Task RefuseAsync(HttpContext context, int status, RpcException error)
    {
        audit.Refused(context, error.Status.Detail);
        var response = context.Response;
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            // A status without a message, in the header itself ("Trailers-Only" of the gRPC protocol).
            response.ContentType = "application/grpc";
            response.Headers["grpc-status"] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
            response.Headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
            return Task.CompletedTask;
        }
        response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
            response.Headers[HeaderNames.WWWAuthenticate] = "Basic realm=\"Mars: the password is the key\", charset=\"UTF-8\"";
        return response.WriteAsync(error.Status.Detail, context.RequestAborted);
    }
}
