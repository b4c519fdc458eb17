using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Replicas;

public sealed class ReplicaTests
{
    [Fact]
    public async Task AddressesOfTheClient_OneServerKilled_CamerasGoOnElsewhere()
    {
        await using var replicas = await ReplicaSet.StartAsync();
        var addresses = replicas.Servers.Select(s => s.Address).ToList();
        // One client for all: it deals its cameras out.
        using var client = new MarsClient(addresses[0], new MarsClientOptions { MoreAddresses = [.. addresses.Skip(1)] });

        await KilledReplica.CamerasGoOnAsync(replicas, () => client);
    }

    [Fact]
    [Trait("Category", "wall-clock")]
    public async Task AddressesOfTheClient_OneServerKilled_CamerasAreAnsweredElsewhereWithinTwoSeconds()
    {
        await using var replicas = await ReplicaSet.StartAsync();
        var addresses = replicas.Servers.Select(s => s.Address).ToList();
        using var client = new MarsClient(addresses[0], new MarsClientOptions { MoreAddresses = [.. addresses.Skip(1)] });

        Assert.InRange(await KilledReplica.CamerasGoOnAsync(replicas, () => client, rate: 25), TimeSpan.Zero, KilledReplica.Promised);
    }

    [Fact]
    public async Task NameOfServers_IsResolved()
    {
        await using var server = new TestServer();
        await server.InitializeAsync();
        using var client = new MarsClient(new Uri($"dns:///localhost:{server.Address.Port}"));

        Assert.Equal("colour", Assert.Single(await client.ListModelsAsync(Limits.Wait)).Model.Name);
    }

    [Fact]
    public void SeveralAddresses_OfTwoSchemes_ArgumentExceptionThatNamesThem()
    {
        var error = Assert.Throws<ArgumentException>(() => new MarsClient(new Uri("http://a:1"), new MarsClientOptions { MoreAddresses = [new Uri("https://b:2")] }));

        Assert.Contains("http://a:1/, https://b:2/", error.Message, StringComparison.Ordinal);
    }
}
