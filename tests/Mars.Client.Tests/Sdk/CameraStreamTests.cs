using Mars.Client.Tests.Support;
using Mars.V1;

namespace Mars.Client.Tests.Sdk;

public sealed class CameraStreamTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    [Fact]
    public async Task EveryWindow_100Frames_AllWindowsInOrder()
    {
        using var client = new MarsClient(server.Address);
        await using var stream = await client.OpenCameraAsync(new CameraOptions { CameraId = "a", Stride = 4, Mode = DeliveryMode.EveryWindow }, Limit);
        var reading = CollectAsync(stream);

        for (ulong i = 1; i <= 100; i++)
            await stream.SendAsync(TestFrames.Make(i), Limit);
        await stream.CompleteAsync(Limit);

        var predictions = (await reading).Where(u => u.Prediction is not null).Select(u => u.Prediction).ToList();
        Assert.Equal(Enumerable.Range(0, 22).Select(i => (ulong)(16 + (4 * i))), predictions.Select(p => p.LastSequence));
        Assert.All(predictions, p => Assert.Equal("red", p.Actions[0].Label));
    }

    internal static async Task<List<RecognizeStreamResponse>> CollectAsync(CameraStream stream)
    {
        var updates = new List<RecognizeStreamResponse>();
        await foreach (var update in stream.ReadAllAsync(Limit))
            updates.Add(update);
        return updates;
    }
}
