using Mars.Client.Cameras;

namespace Mars.Client.Tests.Cameras;

public sealed class StableIdTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8090/ch1", "http://127.0.0.1:8090/ch2")]
    [InlineData("rtsp://10.0.0.5/ch1", "rtsp://10.0.0.5/ch2")]
    [InlineData("rtsp://10.0.0.5/a/b", "rtsp://10.0.0.5/a-b")]
    [InlineData("rtsp://10.0.0.5/cam?channel=1&subtype=0", "rtsp://10.0.0.5/cam?channel=2&subtype=0")]
    [InlineData("rtsp://10.0.0.5:554/s", "rtsp://10.0.0.5:8554/s")]
    [InlineData("rtsp://10.0.0.5/s", "http://10.0.0.5/s")]
    [InlineData("rtsp://10.0.0.5/S", "rtsp://10.0.0.5/s")]
    [InlineData("udp://:1234", "udp://:1235")]
    public void Addresses_ThatDiffer_HaveDifferentIds(string one, string other) => Assert.NotEqual(StableId.OfAddress(one), StableId.OfAddress(other));

    [Theory]
    [InlineData("rtsp://10.0.0.5/s", "rtsp://10.0.0.5:554/s")]
    [InlineData("rtsp://10.0.0.5/s", "rtsp://10.0.0.5/s/")]
    [InlineData("http://cam/v?user=a&pwd=b&ch=1", "http://cam/v?user=c&pwd=d&ch=1")]
    public void Addresses_OfTheSameCamera_HaveTheSameId(string one, string other) => Assert.Equal(StableId.OfAddress(one), StableId.OfAddress(other));

    [Fact]
    public void Address_Id_IsReadableAndStaysOverReleases() => Assert.Equal("10.0.0.5-8554-cam-ch1-5c2b4232", StableId.OfAddress("rtsp://10.0.0.5:8554/cam/ch1"));

    [Fact]
    public void Address_Login_IsInNoId()
    {
        Assert.True(CameraAddress.TryParse("rtsp://admin:s3cret@10.0.0.5/live?token=t0ken", out var address, out _));

        Assert.DoesNotContain("cret", StableId.OfAddress(address.Plain), StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", StableId.OfAddress(address.Plain), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("film", "film")]
    [InlineData("2026-01-31T12:30:00", "2026-01-31T12:30:00")]
    [InlineData("двор", "двор")]
    [InlineData("前門 2", "前門 2")]
    public void Name_ThatFits_IsTheId(string name, string id) => Assert.Equal(id, StableId.OfName(name));

    [Fact]
    public void Name_TooLong_IsShortenedAndStillTellsTwoApart()
    {
        var (one, other) = (StableId.OfName(new string('a', 230)), StableId.OfName(new string('a', 229)));

        Assert.All((string[])[one, other], id => Assert.Equal(100, id.Length));
        Assert.NotEqual(one, other);
        Assert.Equal(one, StableId.OfName(new string('a', 230)));
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\u001b[31mb")]
    [InlineData("\t")]
    [InlineData("")]
    public void Name_ControlCharacters_AreInNoId(string name)
    {
        var id = StableId.OfName(name);

        Assert.NotEmpty(id);
        Assert.DoesNotContain(id, char.IsControl);
    }

    [Fact]
    public void Name_CutInThePairOfACharacter_StaysValidText()
    {
        for (var before = 80; before < 100; before++)
            Assert.DoesNotContain(System.Text.Rune.ReplacementChar, StableId.OfName(new string('a', before) + string.Concat(Enumerable.Repeat("🎥", 40))).EnumerateRunes());
    }
}
