using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Sdk;

public sealed class OtherRatesTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData(30, 1)]
    [InlineData(29.97, 4)]
    [InlineData(12, 1)]
    [InlineData(60, 4)]
    public async Task EveryWindow_CutAtAnotherRateThanTheModels_AsManyWindowsOneFrameAsideAtMost(double rate, int stride)
    {
        var whole = await RunAsync(rate, stride, 0);

        var cut = await RunAsync(rate, stride, 100);

        // After a break the model's clock starts at another frame, so that a tick may take the neighbour of the frame it would have taken.
        Assert.Equal(whole.Count, cut.Count);
        Assert.All(whole.Zip(cut), pair => Assert.InRange((long)pair.Second - (long)pair.First, -2, 2));
    }

    // A camera slower than the model: several windows end with one frame, and a break may come between two of them.
    [Theory]
    [InlineData(5, 1)]
    [InlineData(5, 4)]
    [InlineData(2, 3)]
    [InlineData(12, 4)]
    public async Task EveryWindow_SlowCameraCutAgainAndAgain_TheSameWindows(double rate, int stride)
    {
        var whole = await RunAsync(rate, stride, 0, frames: 120);

        var cut = await RunAsync(rate, stride, 17, frames: 120);

        Assert.Equal(whole, cut);
        Assert.True(whole.Count > whole.Distinct().Count() || rate > 10, "no frame ended two windows");
    }

    private async Task<List<ulong>> RunAsync(double rate, int stride, int every, ulong frames = 350)
    {
        await using var proxy = new CuttingProxy(server.Address);
        using var client = new MarsClient(proxy.Address, new MarsClientOptions { Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(20) } });
        await using var stream = await client.OpenCameraAsync(CameraStreamTests.EveryWindow($"rate-{rate}-{stride}-{every}", stride), Limits.Wait);
        var reading = CameraStreamTests.CollectAsync(stream);
        var cuts = 0;
        for (ulong i = 1; i <= frames; i++)
        {
            await stream.SendAsync(TestFrames.Make(i, rate), Limits.Wait);
            if (every == 0 || i % (ulong)every != 0)
                continue;
            proxy.Cut();
            cuts++;
            while (stream.Reconnects < cuts)
                await Task.Delay(5, Limits.Wait);
        }
        await stream.CompleteAsync(Limits.Wait);
        return [.. (await reading).Select(p => p.LastSequence)];
    }
}
