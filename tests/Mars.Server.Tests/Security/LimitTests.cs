using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using Mars.Server.Configuration;
using Mars.Server.Security;
using Mars.V1;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Server.Tests.Security;

public sealed class LimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_OneTooMany_IsFullWithRetryInfo_AndFreeAgainWhenOneEnds()
    {
        var (key, settings) = SecureServer.Caller("door", CallerRole.Publisher);
        var (other, others) = SecureServer.Caller("yard", CallerRole.Publisher);
        await using var secure = await SecureServer.StartAsync([.. settings, .. others, ("Mars:Security:Limits:Streams", "1")]);
        using var first = await OpenAsync(secure, key, "a");
        using var second = new TestCamera(secure.Client(Credentials.KeyHeader, key), TestCamera.EveryWindow("b"));
        var full = await second.FailureAsync();
        Assert.Equal(StatusCode.ResourceExhausted, full.StatusCode);
        Assert.NotNull(full.GetRpcStatus()!.GetDetail<RetryInfo>());
        using var neighbour = await OpenAsync(secure, other, "c"); // another caller's are its own

        await first.FinishAsync();
        using var third = await OpenAsync(secure, key, "b");
        await third.FinishAsync();
    }

    [Fact]
    public async Task Calls_BeyondTheRate_AreRefusedWithTheTimeToWait()
    {
        var (key, settings) = SecureServer.Caller("door", CallerRole.Publisher);
        await using var secure = await SecureServer.StartAsync([.. settings, ("Mars:Security:Callers:door:Limits:BytesPerSecond", "20000")]);
        var client = secure.Client(Credentials.KeyHeader, key);
        await RoleTests.RecognizeAsync(client); // 150 kB: taken on credit

        var full = await Assert.ThrowsAsync<RpcException>(() => RoleTests.RecognizeAsync(client));
        Assert.Equal(StatusCode.ResourceExhausted, full.StatusCode);
        Assert.InRange(full.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan().TotalSeconds, 1, 8);
        Assert.Contains(secure.Log.Audit, l => l.Contains("sends more than it may", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LiveFrames_BeyondTheRate_AreRejectedWithANotice()
    {
        var (key, settings) = SecureServer.Caller("door", CallerRole.Publisher);
        await using var secure = await SecureServer.StartAsync([.. settings, ("Mars:Security:Limits:FramesPerSecond", "20")]);
        using var camera = await OpenAsync(secure, key, "a", DeliveryMode.Live);
        await camera.SendAsync(1, 100);
        await camera.FinishAsync();

        var limited = camera.Notices.Count(n => n.Kind == Notice.Types.Kind.RateLimited);
        Assert.InRange(limited, 1, 80);
        Assert.NotEmpty(camera.Predictions);
    }

    [Fact]
    public async Task EveryWindow_BeyondTheRate_IsSlowedAndLosesNothing()
    {
        var (key, settings) = SecureServer.Caller("door", CallerRole.Publisher);
        await using var secure = await SecureServer.StartAsync([.. settings, ("Mars:Security:Limits:FramesPerSecond", "20")]);
        var started = Stopwatch.GetTimestamp();
        using var camera = await OpenAsync(secure, key, "a");
        await camera.SendAsync(1, 60);
        await camera.FinishAsync();

        Assert.Equal(((60 - 16) / 4) + 1, camera.Predictions.Count());
        Assert.DoesNotContain(camera.Notices, n => n.Kind == Notice.Types.Kind.RateLimited);
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(1.8)); // 20 at once, 40 at 20 a second
    }

    [Fact]
    public void Budget_OverTime_KeepsTheMeanWhateverTheSizes()
    {
        var time = new FakeTimeProvider();
        var budget = new CallerBudget(new LimitOptions { BytesPerSecond = 1000 }, time);
        var random = new Random(5);
        var taken = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = random.Next(1, 5000);
            var wait = budget.TryTake(1, bytes);
            if (wait == TimeSpan.Zero)
                taken += bytes;
            time.Advance(wait > TimeSpan.FromMilliseconds(100) ? wait : TimeSpan.FromMilliseconds(10));
        }
        var seconds = (time.GetUtcNow() - new FakeTimeProvider().GetUtcNow()).TotalSeconds;
        Assert.InRange(taken / seconds, 950, 1000 + (6000 / seconds));
    }

    private static async Task<TestCamera> OpenAsync(SecureServer secure, string key, string camera, DeliveryMode mode = DeliveryMode.EveryWindow)
    {
        // A stream that has just ended may still hold its place for a moment.
        for (var i = 0; ; i++)
        {
            var opened = new TestCamera(secure.Client(Credentials.KeyHeader, key), new OpenStream { CameraId = camera, Stride = 4, Mode = mode });
            try
            {
                await opened.WaitForAsync(r => r.Opened is not null);
                return opened;
            }
            catch (RpcException) when (i < 50)
            {
                opened.Dispose();
                await Task.Delay(50, Cancellation);
            }
        }
    }
}
