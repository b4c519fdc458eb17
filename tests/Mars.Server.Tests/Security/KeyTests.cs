using Grpc.Core;
using Mars.Server.Security;
using Mars.V1;
using Microsoft.Extensions.Configuration;

namespace Mars.Server.Tests.Security;

public sealed class KeyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WrongKey_IsRefusedInEveryPlaceThatTakesOne()
    {
        var (key, settings) = SecureServer.Caller("guard", CallerRole.Viewer);
        await using var secure = await SecureServer.StartAsync(settings);
        foreach (var wrong in (string[])[ApiKey.Create(), key[..^1], $"{key}A", "", "password"])
        {
            await ListAsync(secure, StatusCode.Unauthenticated, Credentials.KeyHeader, wrong);
            await ListAsync(secure, StatusCode.Unauthenticated, "authorization", $"Bearer {wrong}");
        }
        await ListAsync(secure, StatusCode.OK, Credentials.KeyHeader, key);
        await ListAsync(secure, StatusCode.OK, "authorization", $"Bearer {key}");
    }

    [Fact]
    public void Key_HasThe256RandomBitsThatAFastHashNeeds_AndNothingElseIsTaken()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => ApiKey.Create()).ToArray();
        Assert.Equal(100, keys.Distinct().Count());
        Assert.All(keys, key => Assert.True(ApiKey.HasForm(key)));
        Assert.All((string[])["", "mars_", "secret", $"mars_{new string('A', 42)}", $"{keys[0]}A", keys[0].Replace('_', '-')[..40]], text => Assert.False(ApiKey.HasForm(text)));
        Assert.Equal(ApiKey.Hash(keys[0]), ApiKey.ReadHash(ApiKey.Write(ApiKey.Hash(keys[0]))));
        Assert.Null(ApiKey.ReadHash(keys[0]));
    }

    [Fact]
    public async Task NewKey_PrintsTheKeyOnce_AndTheHashForTheConfiguration()
    {
        var (exit, output, error) = await ServerCommand.RunAsync("--new-key", "door", "--roles", "publisher:door-*,viewer");
        var key = output.Trim();

        Assert.Equal(0, exit);
        Assert.True(ApiKey.HasForm(key));
        Assert.DoesNotContain(key, error, StringComparison.Ordinal);
        Assert.Contains($"Mars__Security__Callers__door__Key={ApiKey.Write(ApiKey.Hash(key))}", error, StringComparison.Ordinal);
        Assert.Contains("Mars__Security__Callers__door__Roles__1=viewer", error, StringComparison.Ordinal);
        Assert.Equal(2, (await ServerCommand.RunAsync("--new-key", "door", "--roles", "owner")).Exit);
    }

    [Fact]
    public async Task WithdrawnKey_IsRefusedAtOnce_AndItsOpenStreamEnds()
    {
        var key = ApiKey.Create();
        var (kept, others) = SecureServer.Caller("guard", CallerRole.Viewer);
        var file = Path.Combine(Directory.CreateTempSubdirectory("mars-keys-").FullName, "callers.json");
        Task WriteAsync(string hash) => File.WriteAllTextAsync(
            file, hash.Length == 0 ? "{}" : $$$"""{ "Mars": { "Security": { "Callers": { "door": { "Key": "{{{hash}}}", "Roles": [ "publisher" ] } } } } }""", Cancellation);
        await WriteAsync(ApiKey.Write(ApiKey.Hash(key)));
        await using var secure = await SecureServer.StartAsync(builder => builder.Configuration.AddJsonFile(file, optional: false, reloadOnChange: true), others);
        using var camera = new TestCamera(secure.Client(Credentials.KeyHeader, key), TestCamera.EveryWindow("door-1"));
        await camera.WaitForAsync(r => r.Opened is not null);

        await WriteAsync("nonsense"); // a fault in the configuration changes nothing
        await secure.Log.WaitForAsync(l => l.Contains("callers stay as they were: Mars:Security:Callers:door:Key", StringComparison.Ordinal));
        await ListAsync(secure, StatusCode.OK, Credentials.KeyHeader, kept);
        await camera.SendAsync(1, 2);
        await WriteAsync("");

        Assert.Equal(StatusCode.Unauthenticated, (await camera.FailureAsync()).StatusCode);
        using var again = new TestCamera(secure.Client(Credentials.KeyHeader, key), TestCamera.EveryWindow("door-1"));
        Assert.Equal(StatusCode.Unauthenticated, (await again.FailureAsync()).StatusCode);
        await ListAsync(secure, StatusCode.OK, Credentials.KeyHeader, kept);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static async Task ListAsync(SecureServer secure, StatusCode expected, string header, string value)
    {
        var answer = StatusCode.OK;
        try
        {
            await secure.Client(header, value).ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation);
        }
        catch (RpcException error)
        {
            answer = error.StatusCode;
        }
        Assert.Equal(expected, answer);
    }
}
