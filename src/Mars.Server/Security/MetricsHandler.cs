using System.Net;
using Mars.Server.Configuration;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Mars.Server.Security;

/// <summary>/metrics is open as far as Mars:Security:Metrics says.</summary>
internal sealed class MetricsRequirement : IAuthorizationRequirement;

/// <summary>Decides on <see cref="MetricsRequirement"/>.</summary>
internal sealed class MetricsHandler(IOptions<SecurityOptions> options) : AuthorizationHandler<MetricsRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, MetricsRequirement requirement)
    {
        var open = options.Value.Metrics switch
        {
            MetricsAccess.Open => true,
            MetricsAccess.Loopback => context.Resource is HttpContext { Connection.RemoteIpAddress: { } address } && IPAddress.IsLoopback(address),
            _ => false,
        };
        if (open || context.User.IsInRole(CallerRole.Viewer) || context.User.IsInRole(CallerRole.Administrator))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
