using System.Collections.Concurrent;
using System.Threading.Channels;
using Mars.Client.Cameras;
using Mars.Client.Sources;
using Mars.Client.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Client.Tests.Sources;

public sealed class CameraSourceTests
{
    [Fact]
    public async Task LoginRefused_IsReportedAtOnce_AndTriedAgainAfterAMinuteAndLonger()
    {
        using var camera = new HttpCamera((_, stream) => HttpCamera.AnswerAsync(stream, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"cam\"\r\n"));
        var time = new WaitTime();

        var lost = await LostAsync(camera.Address.Replace("http://", "http://u:s3cret@", StringComparison.Ordinal), time, 4);

        Assert.Equal([60, 120, 240, 480], lost.Select(l => l.Delay.TotalSeconds));
        Assert.Equal([1, 2, 3, 4], lost.Select(l => l.Attempt));
        Assert.All(lost, l => Assert.StartsWith("401 Unauthorized: the camera refuses the login", l.Reason, StringComparison.Ordinal));
        Assert.InRange(camera.Requests.Count, 4, 8); // one without, one with the login
    }

    [Fact]
    public async Task OtherFaults_WaitsGrow()
    {
        using var camera = new HttpCamera((_, stream) => HttpCamera.AnswerAsync(stream, "503 Service Unavailable", ""));

        var lost = await LostAsync(camera.Address, new WaitTime(), 7);

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], lost.Select(l => l.Delay.TotalSeconds));
        Assert.Equal(7, camera.Requests.Count);
    }

    [Fact]
    public void FirstConnectionFails_IsTriedAgainLikeLaterOnes()
    {
        using var camera = new HttpCamera((request, stream) => request.Number < 2
            ? HttpCamera.AnswerAsync(stream, "500 Internal Server Error", "")
            : HttpCamera.AnswerAsync(stream, "200 OK", "Content-Type: image/jpeg\r\n", TestPictures.Jpeg(100)));
        var lost = new List<CameraLost>();
        var back = 0;
        using var source = new CameraSource(camera.Address, new SourceOptions { GiveUpAfter = null, OnLost = lost.Add, OnBack = () => back++ }, TimeProvider.System);
        using var frame = new SourceFrame();

        Assert.True(source.TryRead(frame, Limits.Wait));
        Assert.Equal((1, 1), (Assert.Single(lost).Attempt, back));
    }

    [Fact]
    public void NobodyThere_SaysWhyAndHidesThePassword()
    {
        using var source = new CameraSource("http://admin:secret@127.0.0.1:1/stream", new SourceOptions(), TimeProvider.System);
        using var frame = new SourceFrame();

        var error = Assert.Throws<SourceException>(() => source.TryRead(frame, Limits.Wait));

        Assert.Equal("the camera http://***@127.0.0.1:1/stream cannot be read: Connection refused (ConnectionRefused)", error.Message);
    }

    [Fact]
    public void Device_NotThere_SaysSo()
    {
        using var source = new CameraSource("/dev/video97", new SourceOptions(), TimeProvider.System);
        using var frame = new SourceFrame();

        Assert.Contains("there is no such device", Assert.Throws<SourceException>(() => source.TryRead(frame, Limits.Wait)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Device_ThatIsNoCamera_SaysSo()
    {
        using var source = new CameraSource("/dev/null", new SourceOptions(), TimeProvider.System);
        using var frame = new SourceFrame();

        Assert.Contains("it is no camera", Assert.Throws<SourceException>(() => source.TryRead(frame, Limits.Wait)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PasswordWithoutUser_IsSaid() => Assert.Contains(
        "give --user",
        Assert.Throws<SourceException>(() => new CameraSource("rtsp://127.0.0.1/s", new SourceOptions { Capture = new CaptureOptions { Password = "p" } }, TimeProvider.System)).Message,
        StringComparison.Ordinal);

    private static async Task<List<CameraLost>> LostAsync(string address, WaitTime time, int count)
    {
        var lost = new ConcurrentQueue<CameraLost>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Limits.Wait);
        var options = new SourceOptions { GiveUpAfter = null, OnLost = lost.Enqueue, Capture = new CaptureOptions { FirstFrame = WaitTime.NoWait } };
        using var source = new CameraSource(address, options, time);
        using var frame = new SourceFrame();
        var reading = Task.Run(() => source.TryRead(frame, stop.Token));
        for (var i = 1; i <= count; i++)
        {
            var wait = await time.Waits.ReadAsync(Limits.Wait);
            Assert.Equal(i, lost.Count);
            if (i < count)
                time.Advance(wait);
        }
        await stop.CancelAsync();
        Assert.False(await reading.WaitAsync(Limits.Wait));
        return [.. lost];
    }

    /// <summary>Virtual time that tells which waits have begun.</summary>
    private sealed class WaitTime : FakeTimeProvider
    {
        /// <summary>The limit of a connection, which is none of them.</summary>
        public static readonly TimeSpan NoWait = TimeSpan.FromDays(1);

        private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

        public ChannelReader<TimeSpan> Waits => _waits.Reader;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime != NoWait)
                _waits.Writer.TryWrite(dueTime);
            return timer;
        }
    }
}
