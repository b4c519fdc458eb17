using System.Collections.Concurrent;
using System.Security.Cryptography;
using Mars.Server.Configuration;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Mars.Server.Security;

/// <summary>How tokens (JWT) are checked, and what they let their callers do.</summary>
internal sealed class TokenSetup(IOptions<SecurityOptions> security, TimeProvider time) : IConfigureNamedOptions<JwtBearerOptions>
{
    /// <summary>The shortest secret for HMAC-SHA256 (RFC 7518, section 3.2).</summary>
    public const int MinSecretBytes = 32;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(45); // what a timer takes

    // By subject: a new token is not a new caller. The issuer, which is trusted, bounds how many there are.
    private readonly ConcurrentDictionary<string, CallerBudget> _budgets = new(StringComparer.Ordinal);

    public void Configure(JwtBearerOptions options) => Configure(JwtBearerDefaults.AuthenticationScheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        var jwt = security.Value.Jwt;
        options.TimeProvider = time;
        options.MapInboundClaims = false;
        options.Authority = jwt.Authority.Length > 0 ? jwt.Authority : null;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = jwt.Issuer.Length > 0 ? jwt.Issuer : null,
            ValidAudience = jwt.Audience,
            IssuerSigningKey = Key(jwt),
            // A public key must not be taken for a secret, nor "none" for a signature.
            ValidAlgorithms = jwt.SigningKey.Length > 0
                ? [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512]
                : [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512],
            ClockSkew = ClockSkew,
        };
        options.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = failed =>
            {
                // Not the exception's own words, which may quote the token.
                failed.Fail(failed.Exception switch
                {
                    SecurityTokenExpiredException => "the token has expired",
                    SecurityTokenInvalidAudienceException => "the token is for another audience",
                    SecurityTokenInvalidIssuerException => "the token is of another issuer",
                    _ => $"the token is not valid ({failed.Exception.GetType().Name})",
                });
                return Task.CompletedTask;
            },
            OnTokenValidated = validated =>
            {
                Admit(validated, jwt.RolesClaim);
                return Task.CompletedTask;
            },
        };
    }

    /// <summary>The key that tokens must be signed with; null with an authority, which tells its own.</summary>
    /// <exception cref="Exception">It cannot be read.</exception>
    public static SecurityKey? Key(JwtOptions jwt)
    {
        if (jwt.SigningKey.Length > 0)
            return new SymmetricSecurityKey(Convert.FromBase64String(jwt.SigningKey));
        if (jwt.SigningKeyFile.Length == 0)
            return null;
        var pem = File.ReadAllText(jwt.SigningKeyFile);
        try
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
        catch (CryptographicException)
        {
            var curve = ECDsa.Create();
            curve.ImportFromPem(pem);
            return new ECDsaSecurityKey(curve);
        }
    }

    private void Admit(TokenValidatedContext validated, string rolesClaim)
    {
        var token = (JsonWebToken)validated.SecurityToken;
        var left = token.ValidTo - time.GetUtcNow().UtcDateTime + ClockSkew;
        var ended = new CancellationTokenSource(left > Longest ? Longest : left < TimeSpan.Zero ? TimeSpan.Zero : left, time);
        validated.HttpContext.Response.RegisterForDispose(ended);
        var grants = token.Claims.Where(c => c.Type == rolesClaim).Select(c => Grant.Read(c.Value)).OfType<Grant>().ToArray();
        var budget = _budgets.GetOrAdd(token.Subject, _ => new CallerBudget(security.Value.Limits, time));
        var caller = new CallerAccess($"token:{token.Subject}", grants, budget, ended.Token);
        validated.HttpContext.Features.Set(caller);
        validated.Principal = caller.ToPrincipal(JwtBearerDefaults.AuthenticationScheme);
    }
}
