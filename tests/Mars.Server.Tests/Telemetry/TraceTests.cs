using System.Diagnostics;
using Mars.Client.Tests.Support;
using Mars.Server.Configuration;
using Mars.Server.Telemetry;
using Mars.V1;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Mars.Server.Tests.Telemetry;

public sealed class TraceTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";

    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;
    private readonly List<Activity> _spans = [];

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Fact]
    public async Task Stream_AFrameWithATrace_IsFollowedToItsReply()
    {
        TinyModel.Write(_models);
        await using var server = await StartAsync();
        using (Record(ratio: 0))
        {
            using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
            await camera.SendAsync(1, 15);
            await camera.SendAsync(Traced(16, $"00-{TraceId}-{SpanId}-01"));
            await camera.SendAsync(17, 10);
            await camera.FinishAsync();
        }
        Assert.Equal(["batch", "frame", "reply", "run", "window"], _spans.Select(s => s.OperationName).Order());
        Assert.All(_spans, s => Assert.Equal(TraceId, s.TraceId.ToHexString()));
        var (frame, window, batch) = (Span("frame"), Span("window"), Span("batch"));
        Assert.Equal(SpanId, frame.ParentSpanId.ToHexString());
        Assert.Equal((ActivityKind.Consumer, "a", 16L), (frame.Kind, frame.GetTagItem("mars.camera"), frame.GetTagItem("mars.sequence")));
        Assert.Equal(frame.SpanId, window.ParentSpanId);
        Assert.Equal((1L, 16L, "answered"), (window.GetTagItem("mars.first_sequence"), window.GetTagItem("mars.last_sequence"), window.GetTagItem("mars.outcome")));
        Assert.Equal(window.SpanId, batch.ParentSpanId);
        Assert.Equal("colour/1", batch.GetTagItem("mars.model"));
        Assert.Equal(batch.SpanId, Span("run").ParentSpanId);
        Assert.Equal(window.SpanId, Span("reply").ParentSpanId);
        Assert.Equal([window.SpanId], batch.Links.Select(l => l.Context.SpanId));
        Assert.Equal([batch.SpanId], window.Links.Select(l => l.Context.SpanId));
        Assert.True(window.StartTimeUtc + window.Duration >= Span("run").StartTimeUtc + Span("run").Duration);
    }

    [Theory]
    [InlineData($"00-{TraceId}-{SpanId}-00")]
    [InlineData("not a trace context")]
    [InlineData("")]
    public async Task Stream_AFrameThatIsNotSampled_MakesNoSpan(string traceparent)
    {
        TinyModel.Write(_models);
        await using var server = await StartAsync();
        using (Record(ratio: 0))
        {
            using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
            await camera.SendAsync(1, 15);
            await camera.SendAsync(Traced(16, traceparent));
            await camera.FinishAsync();
            Assert.Single(camera.Predictions);
        }
        Assert.Empty(_spans);
    }

    [Fact]
    public async Task Stream_FramesWithoutTraces_WindowsAreSampledByTheServer()
    {
        TinyModel.Write(_models);
        await using var server = await StartAsync();
        using (Record(ratio: 1))
        {
            using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
            await camera.SendAsync(1, 24);
            await camera.FinishAsync();
        }
        var windows = _spans.Where(s => s.OperationName == "window").ToList();
        Assert.Equal(3, windows.Select(w => w.TraceId).Distinct().Count());
        Assert.All(windows, w => Assert.Equal(default, w.ParentSpanId));
    }

    [Fact]
    public async Task Batch_OfSeveralCameras_LinksToEachOfThem()
    {
        TinyModel.Write(_models, work: 60);
        await using var server = await StartAsync();
        using (Record(ratio: 1))
        {
            var cameras = Enumerable.Range(0, 4).Select(i => new TestCamera(server, TestCamera.EveryWindow($"c{i}", stride: 1))).ToArray();
            await Task.WhenAll(cameras.Select(async c =>
            {
                await c.SendAsync(1, 40);
                await c.FinishAsync();
                c.Dispose();
            }));
        }
        var windows = _spans.Where(s => s.OperationName == "window").ToDictionary(s => s.SpanId);
        var batches = _spans.Where(s => s.OperationName == "batch").ToList();
        Assert.Equal(100, windows.Count);
        Assert.Equal(100, batches.Sum(b => b.Links.Count()));
        Assert.Contains(batches, b => b.Links.Select(l => windows[l.Context.SpanId].GetTagItem("mars.camera")).Distinct().Count() > 1);
        Assert.All(batches, b => Assert.Equal(b.GetTagItem("mars.batch_size"), b.Links.Count()));
        Assert.All(batches, b => Assert.All(b.Links, l => Assert.Contains(windows[l.Context.SpanId].Links, back => back.Context.SpanId == b.SpanId)));
    }

    [Fact]
    public async Task Stream_WindowsThatAreReplaced_EndTheirSpansSayingSo()
    {
        TinyModel.Write(_models, work: 400);
        await using var server = await StartAsync();
        using (Record(ratio: 1))
        {
            using var camera = new TestCamera(server, new OpenStream { CameraId = "a", Stride = 1 });
            await camera.SendAsync(1, 200);
            await camera.FinishAsync();
        }
        var outcomes = _spans.Where(s => s.OperationName == "window").Select(s => s.GetTagItem("mars.outcome")).ToHashSet();
        Assert.Contains("answered", outcomes);
        Assert.Contains("superseded", outcomes);
    }

    private static Frame Traced(int sequence, string traceparent)
    {
        var frame = TestCamera.Frame(sequence);
        frame.Traceparent = traceparent;
        return frame;
    }

    private Activity Span(string name) => _spans.Single(s => s.OperationName == name);

    private TracerProvider Record(double ratio) =>
        Sdk.CreateTracerProviderBuilder().AddMarsTraces(new TelemetryOptions { TraceRatio = ratio }).AddInMemoryExporter(_spans).Build();

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(("Mars:Models:Folder", _models));
}
