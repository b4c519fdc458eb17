namespace Mars.Server.Configuration;

/// <summary>Section Mars:Security:Jwt: tokens (JWT) that another service signs. Their claim `roles` holds what <see cref="CallerOptions.Roles"/> holds.</summary>
public sealed class JwtOptions
{
    /// <summary>Address of an OpenID Connect issuer, which tells its keys itself.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Who must have issued the token; absent with an authority means what that says.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>For whom the token must be.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The secret that tokens are signed with (HMAC), 32 bytes or more, in Base64.</summary>
    public string SigningKey { get; set; } = "";

    /// <summary>Or a PEM file with the issuer's public key (RSA or elliptic curve).</summary>
    public string SigningKeyFile { get; set; } = "";

    /// <summary>The claim that holds the roles.</summary>
    public string RolesClaim { get; set; } = "roles";

    internal bool IsSet => Authority.Length + Issuer.Length + Audience.Length + SigningKey.Length + SigningKeyFile.Length > 0;
}
