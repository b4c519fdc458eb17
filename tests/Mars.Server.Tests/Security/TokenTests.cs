using System.Security.Cryptography;
using Grpc.Core;
using Mars.V1;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Mars.Server.Tests.Security;

public sealed class TokenTests
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    private static readonly (string, string)[] Hmac = [.. Issuer, ("Mars:Security:Jwt:SigningKey", Convert.ToBase64String(Secret))];

    private static (string, string)[] Issuer => [("Mars:Security:Jwt:Issuer", "https://issuer.test"), ("Mars:Security:Jwt:Audience", "mars")];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SigningCredentials Signed => new(new SymmetricSecurityKey(Secret), SecurityAlgorithms.HmacSha256);

    [Fact]
    public async Task Token_GivesTheRolesThatItHolds()
    {
        await using var secure = await SecureServer.StartAsync(Hmac);
        Assert.Equal(StatusCode.OK, await ListAsync(secure, Token(Signed, roles: ["viewer"])));
        Assert.Equal(StatusCode.PermissionDenied, await ListAsync(secure, Token(Signed, roles: ["publisher", "owner"])));

        using var camera = new TestCamera(secure.Client("authorization", $"Bearer {Token(Signed, roles: ["publisher:door-*"])}"), TestCamera.EveryWindow("door-1"));
        await camera.WaitForAsync(r => r.Opened is not null);
        await camera.FinishAsync();
        using var other = new TestCamera(secure.Client("authorization", $"Bearer {Token(Signed, roles: ["publisher:door-*"])}"), TestCamera.EveryWindow("yard-1"));
        Assert.Equal(StatusCode.PermissionDenied, (await other.FailureAsync()).StatusCode);
        Assert.Contains(secure.Log.Audit, l => l.Contains("refused token:me", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_ForgedOrForOthersOrOld_IsRefused()
    {
        await using var secure = await SecureServer.StartAsync(Hmac);
        var forged = new SigningCredentials(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)), SecurityAlgorithms.HmacSha256);
        var good = Token(Signed, roles: ["viewer"]);
        var parts = good.Split('.');
        string[] wrong =
        [
            Token(forged, roles: ["viewer"]),
            Token(null, roles: ["viewer"]), // alg: none
            Token(Signed, audience: "others", roles: ["viewer"]),
            Token(Signed, issuer: "https://elsewhere.test", roles: ["viewer"]),
            Token(Signed, seconds: -120, roles: ["viewer"]),
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{Token(Signed, roles: ["administrator"]).Split('.')[1]}.{parts[2]}",
            "a.b.c",
        ];
        foreach (var token in wrong)
            Assert.Equal(StatusCode.Unauthenticated, await ListAsync(secure, token));
        Assert.Equal(StatusCode.OK, await ListAsync(secure, good));
    }

    [Fact]
    public async Task Token_SignedWithThePublicKeyAsASecret_IsRefused()
    {
        using var rsa = RSA.Create(2048);
        var folder = Directory.CreateTempSubdirectory("mars-jwt-").FullName;
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        var file = Path.Combine(folder, "public.pem");
        await File.WriteAllTextAsync(file, pem, Cancellation);
        await using var secure = await SecureServer.StartAsync([.. Issuer, ("Mars:Security:Jwt:SigningKeyFile", file)]);

        Assert.Equal(StatusCode.OK, await ListAsync(secure, Token(new SigningCredentials(new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256), roles: ["viewer"])));
        var confused = new SigningCredentials(new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(pem)), SecurityAlgorithms.HmacSha256);
        Assert.Equal(StatusCode.Unauthenticated, await ListAsync(secure, Token(confused, roles: ["viewer"])));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Token_ThatRunsOut_EndsTheStreamThatItOpened()
    {
        await using var secure = await SecureServer.StartAsync(Hmac);
        // 30 s are allowed for clocks that differ.
        using var camera = new TestCamera(secure.Client("authorization", $"Bearer {Token(Signed, seconds: -25, roles: ["publisher"])}"), TestCamera.EveryWindow("door-1"));
        await camera.WaitForAsync(r => r.Opened is not null);

        Assert.Equal(StatusCode.Unauthenticated, (await camera.FailureAsync()).StatusCode);
    }

    private static async Task<StatusCode> ListAsync(SecureServer secure, string token)
    {
        try
        {
            await secure.Client("authorization", $"Bearer {token}").ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation);
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }

    private static string Token(SigningCredentials? signed, string[] roles, string audience = "mars", string issuer = "https://issuer.test", double seconds = 600)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = now.AddHours(-1),
            Expires = now.AddSeconds(seconds),
            Claims = new Dictionary<string, object> { ["sub"] = "me", ["roles"] = roles },
            SigningCredentials = signed,
        });
    }
}
