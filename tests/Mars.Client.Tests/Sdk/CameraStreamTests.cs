using Mars.Client.Tests.Support;
using Mars.V1;

namespace Mars.Client.Tests.Sdk;

public sealed class CameraStreamTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData(100, 4)]
    [InlineData(61, 1)]
    [InlineData(15, 1)]
    [InlineData(200, 16)]
    public async Task EveryWindow_NFrames_EveryWindowOnceInOrder(int frames, int stride)
    {
        using var client = new MarsClient(server.Address);
        await using var stream = await client.OpenCameraAsync(EveryWindow($"every-{frames}-{stride}", stride), Limits.Wait);
        var reading = CollectAsync(stream);

        await SendAsync(stream, frames);
        await stream.CompleteAsync(Limits.Wait);

        Assert.Equal(Expected(frames, stride), (await reading).Select(p => p.LastSequence));
    }

    [Fact]
    public async Task EveryWindow_Colours_AreTold()
    {
        using var client = new MarsClient(server.Address);
        await using var stream = await client.OpenCameraAsync(EveryWindow("colours", 16), Limits.Wait);
        var reading = CollectAsync(stream);

        for (ulong i = 1; i <= 48; i++)
            await stream.SendAsync(TestFrames.Make(i, colour: (int)(i - 1) / 16), Limits.Wait);
        await stream.CompleteAsync(Limits.Wait);

        Assert.Equal(TinyModel.Labels, (await reading).Select(p => p.Actions[0].Label));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task EveryWindow_ConnectionCutAgainAndAgain_NoWindowLostOrRepeated(int stride)
    {
        await using var proxy = new CuttingProxy(server.Address);
        using var client = new MarsClient(proxy.Address, new MarsClientOptions { Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(20) } });
        await using var stream = await client.OpenCameraAsync(EveryWindow($"cut-{stride}", stride), Limits.Wait);
        var reading = CollectAsync(stream);

        var cuts = 0;
        for (ulong i = 1; i <= 400; i++)
        {
            await stream.SendAsync(TestFrames.Make(i), Limits.Wait);
            if (i % 90 != 0)
                continue;
            proxy.Cut();
            cuts++;
            while (stream.Reconnects < cuts)
                await Task.Delay(5, Limits.Wait);
        }
        await stream.CompleteAsync(Limits.Wait);

        Assert.Equal(Expected(400, stride), (await reading).Select(p => p.LastSequence));
        Assert.Equal(4, stream.Reconnects);
    }

    [Fact]
    public async Task EveryWindow_CutAfterTheLastFrame_StillAnswersEverything()
    {
        await using var proxy = new CuttingProxy(server.Address);
        using var client = new MarsClient(proxy.Address, new MarsClientOptions { Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(20) } });
        await using var stream = await client.OpenCameraAsync(EveryWindow("cut-at-end", 1), Limits.Wait);

        await SendAsync(stream, 60);
        var completing = stream.CompleteAsync(Limits.Wait);
        proxy.Cut();
        var predictions = await CollectAsync(stream);
        await completing;

        Assert.Equal(Expected(60, 1), predictions.Select(p => p.LastSequence));
    }

    [Fact]
    public async Task EveryWindow_ServerAwayForAWhile_FramesAreKeptAndAnswered()
    {
        var lost = 0;
        await using var proxy = new CuttingProxy(server.Address);
        using var client = new MarsClient(proxy.Address, new MarsClientOptions { Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(100) } });
        await using var stream = await client.OpenCameraAsync(EveryWindow("away", 4) with { OnConnectionLost = _ => Interlocked.Increment(ref lost) }, Limits.Wait);
        var reading = CollectAsync(stream);

        await SendAsync(stream, 50);
        proxy.Cut(refuse: true);
        for (ulong i = 51; i <= 150; i++)
            await stream.SendAsync(TestFrames.Make(i), Limits.Wait);
        await Task.Delay(300, Limits.Wait);
        proxy.Cut(refuse: false);
        await stream.CompleteAsync(Limits.Wait);

        Assert.Equal(Expected(150, 4), (await reading).Select(p => p.LastSequence));
        Assert.True(lost >= 2, $"{lost} failed attempts");
        Assert.Equal(1, stream.Reconnects);
    }

    [Fact]
    public async Task Live_ConnectionCut_GoesOnWithoutRepeating()
    {
        await using var proxy = new CuttingProxy(server.Address);
        using var client = new MarsClient(proxy.Address, new MarsClientOptions { Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(20) } });
        await using var stream = await client.OpenCameraAsync(new CameraOptions { CameraId = "live-cut", Stride = 4 }, Limits.Wait);
        var reading = CollectAsync(stream);

        for (ulong i = 1; i <= 100; i++)
        {
            await stream.SendAsync(TestFrames.Make(i), Limits.Wait);
            await Task.Delay(5, Limits.Wait);
            if (i == 50)
                proxy.Cut();
        }
        await stream.CompleteAsync(Limits.Wait);

        var sequences = (await reading).Select(p => p.LastSequence).ToList();
        Assert.Equal(sequences.Distinct().Order(), sequences);
        Assert.Contains(sequences, s => s > 90);
        Assert.Equal(1, stream.Reconnects);
    }

    [Fact]
    public async Task BadFrame_IsANotice_AndTheStreamGoesOn()
    {
        using var client = new MarsClient(server.Address);
        await using var stream = await client.OpenCameraAsync(EveryWindow("bad", 4), Limits.Wait);
        var reading = CollectAllAsync(stream);

        for (ulong i = 1; i <= 40; i++)
        {
            var frame = TestFrames.Make(i);
            if (i == 10)
                frame.Width = 99;
            await stream.SendAsync(frame, Limits.Wait);
        }
        await stream.CompleteAsync(Limits.Wait);

        var updates = await reading;
        Assert.Equal(10ul, Assert.Single(updates, u => u.Notice?.Kind == Notice.Types.Kind.BadFrame).Notice.LastSequence);
        Assert.Equal(7, updates.Count(u => u.Prediction is not null));
    }

    [Fact]
    public async Task Send_SequenceGoesBack_ArgumentException()
    {
        using var client = new MarsClient(server.Address);
        await using var stream = await client.OpenCameraAsync(EveryWindow("back", 4), Limits.Wait);
        await stream.SendAsync(TestFrames.Make(5), Limits.Wait);

        await Assert.ThrowsAsync<ArgumentException>(() => stream.SendAsync(TestFrames.Make(5), Limits.Wait));
    }

    internal static CameraOptions EveryWindow(string camera, int stride) => new() { CameraId = camera, Stride = stride, Mode = DeliveryMode.EveryWindow };

    /// <summary>The last sequence numbers of all windows of a camera at the model's rate.</summary>
    internal static IEnumerable<ulong> Expected(int frames, int stride)
    {
        for (var last = 16; last <= frames; last += stride)
            yield return (ulong)last;
    }

    internal static async Task SendAsync(CameraStream stream, int frames)
    {
        for (ulong i = 1; i <= (ulong)frames; i++)
            await stream.SendAsync(TestFrames.Make(i), Limits.Wait);
    }

    internal static async Task<List<Prediction>> CollectAsync(CameraStream stream) =>
        [.. (await CollectAllAsync(stream)).Where(u => u.Prediction is not null).Select(u => u.Prediction)];

    private static async Task<List<RecognizeStreamResponse>> CollectAllAsync(CameraStream stream)
    {
        var updates = new List<RecognizeStreamResponse>();
        await foreach (var update in stream.ReadAllAsync(Limits.Wait))
            updates.Add(update);
        return updates;
    }
}
