using System.Security.Cryptography;
using Mars.Server.Configuration;
using Microsoft.Extensions.Options;

namespace Mars.Server.Security;

/// <summary>Checks the callers, the tokens and the addresses at start; each fault says what to do about it, and none repeats a secret.</summary>
internal sealed class SecurityCheck(IConfiguration configuration, IOptions<TlsOptions> tls) : IValidateOptions<SecurityOptions>
{
    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        var faults = Callers(options).Concat(Jwt(options.Jwt)).Concat(Certificates()).Concat(new ListenAddresses(configuration).Faults(options, tls.Value)).ToArray();
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> Certificates()
    {
        string? fault = null;
        try
        {
            if (tls.Value.Certificate.Length > 0)
                ServerCertificates.Load(tls.Value);
            else if (tls.Value.Key.Length + tls.Value.ClientAuthority.Length > 0)
                fault = "Certificate is missing";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            fault = $"the certificate, its key or the clients' authority cannot be used: {exception.Message}";
        }
        if (fault is not null)
            yield return $"{TlsOptions.Section}: {fault}";
    }

    private IEnumerable<string> Callers(SecurityOptions options)
    {
        foreach (var (name, caller) in options.Callers)
        {
            var path = $"{SecurityOptions.Section}:Callers:{name}";
            if (caller.Key.Length == 0 && caller.Certificate.Length == 0)
                yield return $"{path} is known by nothing: give it a Key (./mars serve --new-key {name} makes one) or a Certificate";
            if (caller.Key.Length > 0 && ApiKey.ReadHash(caller.Key) is null)
                yield return $"{path}:Key must be sha256: and 64 hexadecimal digits: the hash of a key, as ./mars serve --new-key {name} prints it, and not the key";
            if (caller.Certificate.Length > 0 && tls.Value.ClientAuthority.Length == 0)
                yield return $"{path}:Certificate needs {TlsOptions.Section}:ClientAuthority, the PEM file of the authority that signs clients' certificates";
            if (caller.Roles.Count == 0)
                yield return $"{path}:Roles is empty: give it {string.Join(", ", CallerRole.All)}, or as publisher:door-* for some cameras alone";
            foreach (var role in caller.Roles.Where(r => Grant.Read(r) is null))
                yield return $"{path}:Roles has '{role}': roles are {string.Join(", ", CallerRole.All)}; the first two take a pattern of cameras, as publisher:door-*";
        }
        foreach (var same in options.Callers.Where(c => c.Value.Key.Length > 0).GroupBy(c => c.Value.Key.ToUpperInvariant()).Where(g => g.Count() > 1))
            yield return $"{SecurityOptions.Section}:Callers: {string.Join(" and ", same.Select(c => c.Key))} have the same key";
    }

    private static IEnumerable<string> Jwt(JwtOptions jwt)
    {
        if (!jwt.IsSet)
            yield break;
        const string Path = $"{SecurityOptions.Section}:Jwt";
        if (jwt.Audience.Length == 0)
            yield return $"{Path}:Audience is missing: without it tokens that were made for other services would do here";
        if (jwt.Issuer.Length == 0 && jwt.Authority.Length == 0)
            yield return $"{Path}:Issuer is missing";
        if (new[] { jwt.Authority, jwt.SigningKey, jwt.SigningKeyFile }.Count(k => k.Length > 0) != 1)
            yield return $"{Path} takes one of Authority, SigningKey and SigningKeyFile";
        else if (Unusable(jwt) is { } fault)
            yield return fault;
    }

    private static string? Unusable(JwtOptions jwt)
    {
        const string Path = $"{SecurityOptions.Section}:Jwt";
        try
        {
            return TokenSetup.Key(jwt) is { KeySize: < 8 * TokenSetup.MinSecretBytes } ? $"{Path}:SigningKey is shorter than {TokenSetup.MinSecretBytes} bytes: make one with  openssl rand -base64 32" : null;
        }
        catch (FormatException)
        {
            return $"{Path}:SigningKey is not Base64: make one with  openssl rand -base64 32";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            return $"{Path}:SigningKeyFile {jwt.SigningKeyFile} is no PEM file with a public key: {exception.Message}";
        }
    }
}
