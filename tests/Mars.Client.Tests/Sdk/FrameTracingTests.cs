using System.Collections.Concurrent;
using System.Diagnostics;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Sdk;

public sealed class FrameTracingTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Send_WithAListenerThatSamples_TheFrameTakesItsTraceAlong()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = Listen(ActivitySamplingResult.AllDataAndRecorded, spans);
        using var client = new MarsClient(server.Address);
        await using var stream = await client.OpenCameraAsync(CameraStreamTests.EveryWindow("traced", 4), Limits.Wait);
        var frame = TestFrames.Make(1);
        await stream.SendAsync(frame, Limits.Wait);
        var span = Assert.Single(spans, s => (string?)s.GetTagItem("mars.camera") == "traced");
        Assert.Equal(span.Id, frame.Traceparent);
        Assert.Equal((ActivityKind.Producer, 1L), (span.Kind, span.GetTagItem("mars.sequence")));
    }

    [Fact]
    public async Task Send_WithAListenerThatDoesNot_TheFrameIsAsItWas()
    {
        using var listener = Listen(ActivitySamplingResult.PropagationData, []);
        using var client = new MarsClient(server.Address);
        await using var stream = await client.OpenCameraAsync(CameraStreamTests.EveryWindow("not-traced", 4), Limits.Wait);
        var frame = TestFrames.Make(1);
        await stream.SendAsync(frame, Limits.Wait);
        Assert.Empty(frame.Traceparent);
    }

    private static ActivityListener Listen(ActivitySamplingResult result, ConcurrentBag<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MarsClient.TraceSource,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => result,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
