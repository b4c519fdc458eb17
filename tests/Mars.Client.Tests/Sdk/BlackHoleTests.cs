using System.Diagnostics;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Sdk;

/// <summary>A network that goes silent without closing anything: only keep-alive notices it.</summary>
public sealed class BlackHoleTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task EveryWindow_NetworkGoesSilent_NoticedByKeepAlive_NoWindowLostOrRepeated()
    {
        await using var proxy = new CuttingProxy(server.Address);
        var second = TimeSpan.FromSeconds(1);
        using var client = new MarsClient(proxy.Address, new MarsClientOptions { KeepAlive = second, KeepAliveTimeout = second });
        var silent = new Stopwatch();
        var noticed = TimeSpan.Zero;
        await using var stream = await client.OpenCameraAsync(CameraStreamTests.EveryWindow("silent", 4) with { OnConnectionLost = _ => noticed = silent.Elapsed }, Limits.Wait);
        var reading = CameraStreamTests.CollectAsync(stream);

        await CameraStreamTests.SendAsync(stream, 60);
        proxy.GoSilent();
        silent.Start();
        for (ulong i = 61; i <= 160; i++)
        {
            await stream.SendAsync(TestFrames.Make(i), Limits.Wait);
            await Task.Delay(40, Limits.Wait);
        }
        await stream.CompleteAsync(Limits.Wait);

        Assert.Equal(CameraStreamTests.Expected(160, 4), (await reading).Select(p => p.LastSequence));
        Assert.Equal(1, stream.Reconnects);
        // Long before the 60 seconds after which a stream gives up a server that takes frames and answers none.
        Assert.InRange(noticed.TotalSeconds, 1, 50);
    }

    [Fact]
    public void KeepAlive_WithoutOptions_FindsADeadConnectionWithinSevenSeconds()
    {
        var options = new MarsClientOptions();

        Assert.InRange((options.KeepAlive + options.KeepAliveTimeout).TotalSeconds, 1, 7);
    }
}
