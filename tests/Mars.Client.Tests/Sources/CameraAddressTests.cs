using Mars.Client.Sources;
using Mars.Client.Tests.Commands;

namespace Mars.Client.Tests.Sources;

public sealed class CameraAddressTests
{
    [Theory]
    [InlineData("rtsp://user:secret@camera/stream", "rtsp://***@camera/stream")]
    [InlineData("rtsp://user:se@cr/e?t#@camera:554/stream", "rtsp://***@camera:554/stream")]
    [InlineData("http://camera/video?user=me&password=secret", "http://camera/video?***")]
    [InlineData("http://me:x@camera/video?password=secret", "http://***@camera/video?***")]
    [InlineData("rtsp://camera/stream", "rtsp://camera/stream")]
    [InlineData("film.mp4", "film.mp4")]
    [InlineData("a@b.mp4", "a@b.mp4")]
    public void Address_IsPrintedWithoutItsSecrets(string address, string expected)
    {
        Assert.Equal(expected, CameraAddress.Masked(address));
        Assert.Equal($"{expected}: refused", CameraAddress.MaskedIn($"{address}: refused", address));
    }

    [Theory]
    [InlineData("watch", "rtsp://user:s3cret@127.0.0.1:1/stream")]
    [InlineData("watch", "http://127.0.0.1:1/video?password=s3cret")]
    [InlineData("watch", "rstp://user:s3cret@camera/stream")]
    [InlineData("watch", "rtsp://user:s3cret#@127.0.0.1:1/stream")]
    [InlineData("recognize", "rtsp://user:s3cret@127.0.0.1:1/stream")]
    [InlineData("bench load --cameras 1 --server http://127.0.0.1:1 --source", "rtsp://user:s3cret@127.0.0.1:1/stream")]
    public async Task Errors_HoldNoPassword(string command, string address)
    {
        var (exit, output, error) = await CommandLineTests.RunAsync([.. command.Split(' '), address]);

        Assert.Equal(1, exit);
        Assert.StartsWith("mars: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output + error, StringComparison.Ordinal);
    }
}
