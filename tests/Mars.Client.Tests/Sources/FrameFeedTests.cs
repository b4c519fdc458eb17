using Mars.Client.Sources;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Sources;

public sealed class FrameFeedTests
{
    [Fact]
    public async Task Read_Fast_AllFramesNumberedWithTheSourcesTimes()
    {
        using var folder = new Temporary();
        using var source = new VideoFileSource(TestVideos.Write(folder.Folder, 25, 2, [0]));

        var frames = await new FrameFeed(source, default, paced: false, TimeProvider.System).ReadAsync(Limits.Wait).ToListAsync(Limits.Wait);

        Assert.Equal(Enumerable.Range(1, 50).Select(i => (ulong)i), frames.Select(f => f.Sequence));
        Assert.Equal(1.96, (frames[^1].CaptureTime.ToDateTimeOffset() - frames[0].CaptureTime.ToDateTimeOffset()).TotalSeconds, 3);
    }

    [Fact]
    public async Task Read_Paced_TakesAsLongAsTheVideo()
    {
        using var folder = new Temporary();
        using var source = new VideoFileSource(TestVideos.Write(folder.Folder, 25, 1, [0]));
        var start = TimeProvider.System.GetTimestamp();

        await foreach (var frame in new FrameFeed(source, default, paced: true, TimeProvider.System).ReadAsync(Limits.Wait))
            Assert.True(frame.CaptureTime.ToDateTimeOffset() <= TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(20), "a frame before its time");

        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.95, 60);
    }

    [Fact]
    public async Task Read_LiveCameraFasterThanItsReader_OldFramesAreReplaced()
    {
        using var source = new EndlessCamera();
        var feed = new FrameFeed(source, default, paced: false, TimeProvider.System);
        var sequences = new List<ulong>();

        await foreach (var frame in feed.ReadAsync(Limits.Wait))
        {
            sequences.Add(frame.Sequence);
            if (sequences.Count == 10)
                break;
            await Task.Delay(20, Limits.Wait);
        }

        Assert.Equal(sequences.Order().Distinct(), sequences);
        Assert.True(feed.Skipped > 0, "none was replaced");
    }

    [Fact]
    public async Task Read_SourceBreaks_TheReaderLearnsIt()
    {
        using var source = new EndlessCamera { FramesUntilItBreaks = 3 };

        await Assert.ThrowsAsync<SourceException>(async () =>
            await new FrameFeed(source, default, paced: false, TimeProvider.System).ReadAsync(Limits.Wait).ToListAsync(Limits.Wait));
    }

    private sealed class EndlessCamera : IFrameSource
    {
        public int FramesUntilItBreaks { get; set; } = int.MaxValue;

        public string Name => "endless";

        public bool IsLive => true;

        public double FrameRate => 25;

        public bool TryRead(SourceFrame frame, CancellationToken cancellationToken)
        {
            if (FramesUntilItBreaks-- == 0)
                throw new SourceException("broken");
            frame.Encoded = [1];
            cancellationToken.WaitHandle.WaitOne(1);
            return !cancellationToken.IsCancellationRequested;
        }

        public void Dispose()
        {
        }
    }
}
