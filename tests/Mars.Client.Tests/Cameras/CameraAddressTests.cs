using Mars.Client.Cameras;
using Mars.Client.Tests.Commands;

namespace Mars.Client.Tests.Cameras;

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
    [InlineData("rtsp://cam/s", "rtsp://cam/s", null, null)]
    [InlineData("rtsp://admin@cam/s", "rtsp://cam/s", "admin", null)]
    [InlineData("rtsp://admin:@cam/s", "rtsp://cam/s", "admin", "")]
    [InlineData("rtsp://admin:pa%23s%2Fs@cam:554/s?a=b@c", "rtsp://cam:554/s?a=b@c", "admin", "pa#s/s")]
    [InlineData("rtsp://admin:p@ss:w@cam/s", "rtsp://cam/s", "admin", "p@ss:w")]
    [InlineData("rtsp://admin:100%@cam/s", "rtsp://cam/s", "admin", "100%")]
    [InlineData("http://[::1]:80/s@x", "http://[::1]:80/s@x", null, null)]
    [InlineData("http://10.0.0.5:80/@live", "http://10.0.0.5:80/@live", null, null)]
    [InlineData("udp://@239.0.0.1:1234", "udp://239.0.0.1:1234", null, null)]
    [InlineData("udp://:1234", "udp://:1234", null, null)]
    public void Parse_ValidAddress_LoginApart(string address, string plain, string? user, string? password)
    {
        Assert.True(CameraAddress.TryParse(address, out var parsed, out var fault), fault);
        Assert.Equal(new CameraAddress(plain, user, password), parsed);
        Assert.True(CameraAddress.TryParse(parsed.WithLogin(), out var again, out _));
        Assert.Equal(parsed, again);
    }

    [Theory]
    [InlineData("rtsp://admin:s3c#et@10.0.0.5/s")]
    [InlineData("rtsp://admin:s3c/et@10.0.0.5/s")]
    [InlineData("rtsp://admin:s3c?et@10.0.0.5/s")]
    [InlineData("http://admin:12#et@10.0.0.5/s")]
    [InlineData("http://admin:12/et@10.0.0.5/s")]
    [InlineData("http://admin:12?et@10.0.0.5/s")]
    [InlineData("http://:80/s")]
    [InlineData("rtsp://cam:99999/s")]
    public void Parse_SignsInAPassword_TheFaultSaysHowToWriteThem(string address)
    {
        Assert.False(CameraAddress.TryParse(address, out _, out var fault));
        Assert.Contains("%23", fault, StringComparison.Ordinal);
        Assert.Contains("--password-file", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("s3c", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("et@", fault, StringComparison.Ordinal);
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
        var (exit, output, error) = await CommandLineTests.RunAsync([.. command.Split(' '), address, .. command == "watch" ? (string[])["--give-up-after", "0"] : []]);

        Assert.Equal(1, exit);
        Assert.StartsWith("mars: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output + error, StringComparison.Ordinal);
    }
}
