using Mars.Server.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Mars.Server.Security;

/// <summary>Puts the security of the server together.</summary>
internal static class SecurityHosting
{
    public static void AddMarsSecurity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section).ValidateOnStart();
        services.AddOptions<TlsOptions>().BindConfiguration(TlsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityCheck>();
        services.AddSingleton<IValidateOptions<TlsOptions>, TlsOptionsValidator>();
        services.TryAddSingleton<CallerTable>();
        services.TryAddSingleton<AuditLog>();
        services.TryAddSingleton<CertificateStore>();
        services.AddHostedService(provider => provider.GetRequiredService<CertificateStore>());
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ConnectionSetup>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalHandler>();

        var takesTokens = builder.Configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>()?.Jwt.IsSet == true;
        var authentication = services.AddAuthentication(CallerHandler.Name).AddScheme<AuthenticationSchemeOptions, CallerHandler>(
            CallerHandler.Name,
            scheme => scheme.ForwardDefaultSelector = context => takesTokens && Credentials.HasToken(context.Request) ? JwtBearerDefaults.AuthenticationScheme : null);
        if (takesTokens)
        {
            services.AddSingleton<IConfigureOptions<JwtBearerOptions>, TokenSetup>();
            authentication.AddJwtBearer();
        }
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Caller, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Publisher, policy => policy.RequireRole(CallerRole.Publisher, CallerRole.Administrator))
            .AddPolicy(Policies.Viewer, policy => policy.RequireRole(CallerRole.Viewer, CallerRole.Administrator))
            .AddPolicy(Policies.PublisherOrViewer, policy => policy.RequireRole(CallerRole.Publisher, CallerRole.Viewer, CallerRole.Administrator))
            .AddPolicy(Policies.Administrator, policy => policy.RequireRole(CallerRole.Administrator))
            .AddPolicy(Policies.Metrics, policy => policy.AddRequirements(new MetricsRequirement()))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddSingleton<IAuthorizationHandler, MetricsHandler>();
    }

    /// <summary>Before the endpoints.</summary>
    public static void UseMarsSecurity(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
