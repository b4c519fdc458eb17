using System.CommandLine;

namespace Mars.Client.Commands;

/// <summary>How a command shows the server who calls, and how it knows the server; shared by the commands that speak to one.</summary>
internal sealed class CredentialOptions
{
    private const string ApiKey = "MARS_API_KEY";
    private const string Token = "MARS_TOKEN";
    private const string Authority = "MARS_CA";
    private const string Certificate = "MARS_CLIENT_CERTIFICATE";
    private const string CertificateKey = "MARS_CLIENT_KEY";

    private readonly Option<string?> _key = Create("--api-key", ApiKey, "The key that the server knows this caller by; better in the environment, where ps does not show it", "KEY");

    private readonly Option<string?> _token = Create("--token", Token, "Or a token (JWT)", "TOKEN");

    private readonly Option<string?> _authority = Create("--ca", Authority, "PEM file of the authority of the server's certificate, where the system does not know it", "FILE");

    private readonly Option<string?> _certificate = Create("--client-certificate", Certificate, "PEM file of this caller's certificate", "FILE");

    private readonly Option<string?> _certificateKey = Create("--client-key", CertificateKey, "PEM file of that certificate's private key", "FILE");

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Send the key or token without TLS, where the network is trusted." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_key, _token, _authority, _certificate, _certificateKey, _insecure])
            command.Add(option);
    }

    public MarsClientOptions ToClient(ParseResult parsed) => new()
    {
        ApiKey = Value(parsed, _key, ApiKey),
        Token = Value(parsed, _token, Token) is { } token ? () => token : null,
        CertificateAuthority = Value(parsed, _authority, Authority),
        ClientCertificate = Value(parsed, _certificate, Certificate),
        ClientKey = Value(parsed, _certificateKey, CertificateKey),
        AllowPlainCredentials = parsed.GetValue(_insecure),
    };

    private static Option<string?> Create(string name, string variable, string description, string value) =>
        new(name) { Description = $"{description} (environment: {variable}).", HelpName = value };

    // Not as the option's default, which its help would show.
    private static string? Value(ParseResult parsed, Option<string?> option, string variable) =>
        parsed.GetValue(option) ?? (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? set : null);
}
