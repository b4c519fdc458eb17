using Mars.Client.Demo;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Sdk;

public sealed class ServerRestartTests
{
    [Fact]
    public async Task EveryWindow_ServerKilledAndStartedAgain_NoWindowLostOrRepeated()
    {
        using var folder = new Temporary();
        TinyModel.Write(folder.Folder);
        var first = await ServerProcess.StartAsync(ServerFiles.Server(), folder.Folder, [], null, Limits.Wait);
        var reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromMilliseconds(200) };
        using var client = new MarsClient(first.Address, new MarsClientOptions { Reconnect = reconnect });
        await using var stream = await client.OpenCameraAsync(CameraStreamTests.EveryWindow("restart", 4), Limits.Wait);
        var reading = CameraStreamTests.CollectAsync(stream);

        await CameraStreamTests.SendAsync(stream, 120);
        await first.DisposeAsync(); // kill -9
        var sending = SendRestAsync(stream);
        await using var second = await ServerProcess.StartAsync(ServerFiles.Server(), folder.Folder, [], first.Address.Port, Limits.Wait);
        await sending;

        Assert.Equal(CameraStreamTests.Expected(240, 4), (await reading).Select(p => p.LastSequence));
    }

    private static async Task SendRestAsync(CameraStream stream)
    {
        for (ulong i = 121; i <= 240; i++)
            await stream.SendAsync(TestFrames.Make(i), Limits.Wait);
        await stream.CompleteAsync(Limits.Wait);
    }
}
