using Mars.Client.Cameras;
using Mars.Client.Tests.Support;
using OpenCvSharp;

namespace Mars.Client.Tests.Cameras;

/// <summary>Cameras that give one picture a request.</summary>
public sealed class SnapshotTests
{
    private static readonly CaptureOptions Fast = new() { SnapshotRate = 1000 };

    [Theory]
    [InlineData("image/jpeg", true)]
    [InlineData("image/jpg;charset=utf-8", true)]
    [InlineData("image/jpeg", false)]
    public void Pictures_ArePolled_OverOneConnectionWhereTheCameraKeepsIt(string type, bool length)
    {
        using var camera = new HttpCamera(async (request, stream) =>
        {
            var picture = TestPictures.Jpeg(request.Number * 20 % 240);
            if (length)
            {
                await HttpCamera.AnswerAsync(stream, "200 OK", $"Content-Type: {type}\r\n", picture);
                return;
            }
            await HttpCamera.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n\r\n");
            await stream.WriteAsync(picture);
            stream.Close();
        });

        Assert.Equal([20, 40, 60, 80, 100], Levels(camera, Fast, 5));
        Assert.Equal(length, camera.Connections == 1);
    }

    [Fact]
    public void Pictures_AreAskedForAtTheRateGiven()
    {
        using var camera = new HttpCamera((request, stream) => HttpCamera.AnswerAsync(stream, "200 OK", "Content-Type: image/jpeg\r\n", TestPictures.Jpeg(request.Number * 20)));
        var start = TimeProvider.System.GetTimestamp();

        Levels(camera, new CaptureOptions { SnapshotRate = 20 }, 11);

        // Ten waits of 50 ms; a machine without time makes them longer.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.49, 60);
    }

    [Fact]
    public void Pictures_ThatHaveNotChanged_ArePassedOver()
    {
        // Each picture is there for three requests: whole, as 304, and whole again without a tag.
        using var camera = new HttpCamera((request, stream) =>
        {
            var (number, turn) = ((request.Number - 1) / 3, (request.Number - 1) % 3);
            var tag = $"\"{number}\"";
            return turn == 1 && request.Headers.GetValueOrDefault("if-none-match") == tag
                ? HttpCamera.AnswerAsync(stream, "304 Not Modified", $"ETag: {tag}\r\n")
                : HttpCamera.AnswerAsync(stream, "200 OK", $"Content-Type: image/jpeg\r\nETag: {tag}\r\n", TestPictures.Jpeg(20 + (number * 20)));
        });

        Assert.Equal([20, 40, 60], Levels(camera, Fast, 3));
        Assert.Contains(camera.Requests, r => r.Headers.ContainsKey("if-none-match"));
    }

    [Fact]
    public void Picture_ThatNeverChanges_IsAFrozenCamera()
    {
        using var camera = new HttpCamera((_, stream) => HttpCamera.AnswerAsync(stream, "200 OK", "Content-Type: image/jpeg\r\n", TestPictures.Jpeg(100)));
        using var capture = new HttpCapture(new CameraAddress(camera.Address, null, null), Fast with { Silence = TimeSpan.FromSeconds(1) }, TimeProvider.System);
        using var frame = new Mat();

        Assert.True(capture.TryRead(frame, Limits.Wait));
        Assert.False(capture.TryRead(frame, Limits.Wait));
        Assert.Equal("frozen: no new frame for 1 s", capture.Fault.Reason);
    }

    [Fact]
    public void LoginRunsOut_Refused()
    {
        using var camera = new HttpCamera((request, stream) => request.Number < 4
            ? HttpCamera.AnswerAsync(stream, "200 OK", "Content-Type: image/jpeg\r\n", TestPictures.Jpeg(request.Number * 20))
            : HttpCamera.AnswerAsync(stream, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"cam\"\r\n"));
        using var capture = new HttpCapture(new CameraAddress(camera.Address, "u", "p"), Fast, TimeProvider.System);
        using var frame = new Mat();

        for (var i = 0; i < 3; i++)
            Assert.True(capture.TryRead(frame, Limits.Wait));
        Assert.False(capture.TryRead(frame, Limits.Wait));
        Assert.Equal(FaultKind.Refused, capture.Fault.Kind);
    }

    [Theory]
    [InlineData("Basic realm=\"cam\"", "Basic dTpwYSNzcw==")]
    [InlineData("Digest realm=\"cam\", nonce=\"abc\", qop=\"auth\", algorithm=MD5", "Digest username=\"u\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"abc\"", "Digest username=\"u\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"abc\", qop=\"auth\", algorithm=SHA-256", "Digest username=\"u\"")]
    public void Login_IsGivenAsTheCameraAsks(string challenge, string answer)
    {
        using var camera = new HttpCamera((request, stream) => request.Headers.GetValueOrDefault("authorization")?.StartsWith(answer, StringComparison.Ordinal) == true
            ? HttpCamera.AnswerAsync(stream, "200 OK", "Content-Type: image/jpeg\r\n", TestPictures.Jpeg(request.Number * 20))
            : HttpCamera.AnswerAsync(stream, "401 Unauthorized", $"WWW-Authenticate: {challenge}\r\n"));

        Assert.Equal(2, Levels(camera, Fast with { User = "u", Password = "pa#ss" }, 2).Count);
    }

    private static List<int> Levels(HttpCamera camera, CaptureOptions options, int count)
    {
        using var capture = new HttpCapture(new CameraAddress($"{camera.Address}/snap.jpg", options.User, options.Password), options, TimeProvider.System);
        using var frame = new Mat();
        var levels = new List<int>();
        while (levels.Count < count)
        {
            Assert.True(capture.TryRead(frame, Limits.Wait), capture.Fault.Reason);
            levels.Add(TestPictures.Grey(frame));
        }
        return levels;
    }
}
