using Mars.Server.Configuration;
using Mars.Server.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Mars.Server.Tests.Security;

public sealed class StartTests
{
    private const string Hash = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public async Task PlainOnTheNetwork_IsRefusedWithWhatToDo()
    {
        var (exit, _, error) = await ServerCommand.RunAsync("--urls", "http://0.0.0.0:0", "--models", RunningServer.Models);

        Assert.Equal(2, exit);
        Assert.Contains("--certificate CERT.pem --key KEY.pem", error, StringComparison.Ordinal);
        Assert.Contains("--new-key NAME", error, StringComparison.Ordinal);
        Assert.Contains("--insecure", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5150", true)]
    [InlineData("http://localhost:5150", true)]
    [InlineData("http://[::1]:5150;http://127.0.0.2:1", true)]
    [InlineData("http://unix:/tmp/mars.sock", true)]
    [InlineData("http://0.0.0.0:5150", false)]
    [InlineData("http://*:5150", false)]
    [InlineData("http://[::]:5150", false)]
    [InlineData("http://127.0.0.1:5150;http://192.0.2.1:5150", false)]
    [InlineData("http://example.org:5150", false)]
    public void Addresses_WithoutKeysAndTls_OnlyOfThisMachine(string urls, bool allowed)
    {
        Assert.Equal(allowed, Faults(new SecurityOptions(), ("urls", urls)).Length == 0);
        Assert.Empty(Faults(new SecurityOptions { AllowPlain = true, AllowAnonymous = true }, ("urls", urls)));
        var withKeys = new SecurityOptions { Callers = { ["a"] = new CallerOptions { Key = Hash, Roles = ["viewer"] } } };
        Assert.Equal(allowed, Faults(withKeys, ("urls", urls)).Length == 0);
    }

    [Fact]
    public void Addresses_OfKestrelsOwnSection_AreCheckedToo() =>
        Assert.Equal(2, Faults(new SecurityOptions(), ("Kestrel:Endpoints:Grpc:Url", "http://0.0.0.0:5150")).Length);

    [Fact]
    public void Addresses_TlsWithoutACertificate_IsRefused() =>
        Assert.Contains("needs a certificate", Assert.Single(Faults(new SecurityOptions(), ("urls", "https://127.0.0.1:5150"))), StringComparison.Ordinal);

    [Fact]
    public void Configuration_WithFaults_TellsAllOfThem_AndNoSecret()
    {
        var key = ApiKey.Create();
        var secret = Convert.ToBase64String(new byte[16]);
        var options = new SecurityOptions
        {
            Callers =
            {
                ["a"] = new CallerOptions { Key = key, Roles = ["viewer"] },
                ["b"] = new CallerOptions { Key = Hash, Roles = ["owner"] },
                ["c"] = new CallerOptions { Key = Hash },
                ["d"] = new CallerOptions { Roles = ["viewer"] },
                ["e"] = new CallerOptions { Certificate = "camera", Roles = ["viewer"] },
            },
            Jwt = new JwtOptions { SigningKey = secret, Issuer = "me" },
        };
        var faults = Faults(options);

        string[] expected = ["a:Key must be", "'owner'", "c:Roles is empty", "d is known by nothing", "e:Certificate needs", "b and c have the same key", "Audience is missing", "shorter than 32 bytes"];
        Assert.All(expected, e => Assert.Contains(faults, f => f.Contains(e, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, faults.Length);
        Assert.DoesNotContain(faults, f => f.Contains(key, StringComparison.Ordinal) || f.Contains(secret, StringComparison.Ordinal));
    }

    private static string[] Faults(SecurityOptions options, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        return [.. new SecurityCheck(configuration, Options.Create(new TlsOptions())).Validate(null, options).Failures ?? []];
    }
}
