using System.Net.Http.Headers;
using System.Security.Cryptography;
using Mars.Server.Security;
using Mars.V1;

namespace Mars.Server.Tests.Security;

public sealed class AuditTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refusal_IsOneLine_WithWhoFromWhereWhatAndWhy()
    {
        var (key, settings) = SecureServer.Caller("door", "publisher:door-*");
        await using var secure = await SecureServer.StartAsync(settings);
        using var forged = new TestCamera(secure.Client(Credentials.KeyHeader, key), TestCamera.EveryWindow("x\nwarn: Mars.Audit: all is well\r\u001b[2J"));
        await forged.FailureAsync();

        var line = Assert.Single(secure.Log.Audit);
        Assert.Matches(@"^refused door from 127\.0\.0\.1:\d+: /mars\.v1\.ActionRecognition/RecognizeStream: 'door' may not publish camera 'x\?warn: Mars\.Audit: all is well\?\?\[2J' $", line);
    }

    [Fact]
    public async Task Log_AtTrace_HoldsNoSecret()
    {
        var (key, settings) = SecureServer.Caller("door", "publisher:door-*");
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        const string Token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0b3BzZWNyZXQifQ.c2lnbmF0dXJlLXRoYXQtaXMtc2VjcmV0";
        await using var secure = await SecureServer.StartAsync(
            [.. settings, ("Mars:Security:Jwt:Issuer", "i"), ("Mars:Security:Jwt:Audience", "a"), ("Mars:Security:Jwt:SigningKey", secret)]);
        await RoleTests.RecognizeAsync(secure.Client(Credentials.KeyHeader, key));
        var wrong = ApiKey.Create();
        string[] values = [$"Bearer {key}", $"Bearer {wrong}", $"Bearer {Token}", $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"me:{wrong}"))}"];
        foreach (var value in values)
        {
            using var camera = new TestCamera(secure.Client("authorization", value), TestCamera.EveryWindow("yard"));
            await camera.FailureAsync();
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{secure.Server.Address}/metrics?key={wrong}"));
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(value);
            using var response = await http.SendAsync(request, Cancellation);
        }

        Assert.Equal(4, secure.Log.Audit.Count());
        Assert.Contains(secure.Log.All, l => l.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)); // it is the whole log
        // The query string is the caller's own doing: ASP.NET's own request log, which Mars does not print, is left out for it.
        var lines = secure.Log.All.ToList();
        foreach (var hidden in (string[])[key, Token, Token.Split('.')[1], Token.Split('.')[2], secret, ApiKey.Write(ApiKey.Hash(key))])
            Assert.DoesNotContain(lines, l => l.Contains(hidden, StringComparison.Ordinal));
        Assert.DoesNotContain(lines.Where(l => l.StartsWith("Mars", StringComparison.Ordinal)), l => l.Contains(wrong, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Flood_OfRefusals_IsCountedAndNotWritten()
    {
        var (_, settings) = SecureServer.Caller("door", CallerRole.Publisher);
        await using var secure = await SecureServer.StartAsync([.. settings, ("Mars:Security:AuditLinesPerSecond", "3")]);
        var client = secure.Client();
        for (var i = 0; i < 100; i++)
            await RoleTests.RefusedAsync(Grpc.Core.StatusCode.Unauthenticated, () => client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation));
        await Task.Delay(TimeSpan.FromSeconds(0.5), Cancellation); // the time of another line
        await RoleTests.RefusedAsync(Grpc.Core.StatusCode.Unauthenticated, () => client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation));

        Assert.Contains(secure.Log.Audit, l => l.Contains("refusals were not logged", StringComparison.Ordinal));
        Assert.InRange(secure.Log.Audit.Count(), 4, 90);
    }
}
