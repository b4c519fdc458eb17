using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using Mars.Server.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Mars.Server.Security;

/// <summary>Tells who calls, by key or client certificate. Tokens are for the JWT handler, to which it passes them on.</summary>
internal sealed class CallerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, CallerTable callers, IOptions<SecurityOptions> security)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Name = "Mars";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (callers.IsOpen)
            return IsMeantForUs() ? Success(callers.Everyone) : AuthenticateResult.Fail(
                "without authentication only this machine's own names are answered (localhost, 127.0.0.1): set Mars:Security:AllowAnonymous if a proxy asks for others");
        if (Credentials.Key(Request) is { } key)
            return callers.FindByKey(key) is { } caller ? Success(caller) : AuthenticateResult.Fail("the key is not known here");
        if (Credentials.HasToken(Request))
            return AuthenticateResult.Fail("tokens are not taken by this server: give a key");
        if (Context.Connection.ClientCertificate is { } certificate)
        {
            return callers.FindByCertificate(certificate) is { } caller
                ? Success(caller)
                : AuthenticateResult.Fail($"no caller has the certificate of '{certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)}'");
        }
        return AuthenticateResult.NoResult();
    }

    // A web page elsewhere may let its name point to 127.0.0.1 and so speak, through a browser here, to a server that trusts this machine (DNS rebinding). Browsers say the
    // page's name, and speak HTTP/1.1 where there is no TLS.
    private bool IsMeantForUs() =>
        security.Value.AllowAnonymous || !HttpProtocol.IsHttp11(Request.Protocol) || !Request.Host.HasValue
        || Request.Host.Host == "localhost" || (IPAddress.TryParse(Request.Host.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private AuthenticateResult Success(CallerAccess caller)
    {
        Context.Features.Set(caller);
        return AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(Name), Name));
    }
}
