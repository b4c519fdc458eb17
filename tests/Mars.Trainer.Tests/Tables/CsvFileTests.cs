using System.Text;
using Mars.Trainer.Data;
using Mars.Trainer.Tables;

namespace Mars.Trainer.Tests.Tables;

/// <summary>Lists as people have them: of RFC 4180, of spreadsheets of any locale, written by hand.</summary>
public sealed class CsvFileTests : IDisposable
{
    private const string Label = "shooting, \"hoops\"; basketball";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("video,label\na.mp4,walk\n")]
    [InlineData("video,label\r\na.mp4,walk\r\n")]
    [InlineData("\uFEFFvideo,label\r\na.mp4,walk\r\n")]
    [InlineData("\"video\",\"label\"\n\"a.mp4\",\"walk\"\n")]
    [InlineData("video;label\r\na.mp4;walk\r\n")] // where the comma is the decimal sign
    [InlineData("\uFEFF\"video\";\"label\"\r\n\"a.mp4\";\"walk\"\r\n")]
    [InlineData("sep=;\r\nvideo;label\r\na.mp4;walk\r\n")]
    [InlineData("video\tlabel\na.mp4\twalk\n")]
    [InlineData("Video, Label\na.mp4, walk")] // no line end, blanks, capitals
    [InlineData("video,label\n\na.mp4,walk\n\n,\n")] // empty rows
    [InlineData("label,comment,video\nwalk,\"seen, twice\",a.mp4\n")] // other columns, another order
    public void VideosCsv_OfAnySpelling_IsRead(string text)
    {
        File.WriteAllText(_folder.File("list.csv"), text);
        var entry = Assert.Single(VideosCsv.Read(_folder.File("list.csv")));
        Assert.Equal(("a.mp4", "walk"), (entry.Video, entry.Label));
    }

    [Theory]
    [InlineData("video,label\na.mp4,\"shooting, \"\"hoops\"\"; basketball\"\n")]
    [InlineData("video;label\r\na.mp4;\"shooting, \"\"hoops\"\"; basketball\"\r\n")]
    public void VideosCsv_LabelWithSeparatorsAndQuotes_IsWhole(string text)
    {
        File.WriteAllText(_folder.File("list.csv"), text);
        Assert.Equal(Label, Assert.Single(VideosCsv.Read(_folder.File("list.csv"))).Label);
    }

    [Fact]
    public void VideosCsv_OfUtf16_IsRead()
    {
        File.WriteAllText(_folder.File("list.csv"), "video\tlabel\r\na.mp4\tgrüßen\r\n", Encoding.Unicode);
        Assert.Equal("grüßen", Assert.Single(VideosCsv.Read(_folder.File("list.csv"))).Label);
    }

    [Fact]
    public void VideosCsv_WhatWasWritten_IsReadBack()
    {
        VideoEntry[] entries = [new("a, b/c;d", Label, "g,1", 2, 30), new("行走/\"x\"", "行走", "", null, 7), new(" x", "-", "", 0, 0)];
        VideosCsv.Write(_folder.File("list.csv"), entries);
        Assert.Equal([entries[0], entries[1], entries[2] with { Video = "x" }], VideosCsv.Read(_folder.File("list.csv")));
    }

    [Theory]
    [InlineData("video,label\na.mp4,shooting, basketball\n", "line 2: 3 fields where the first line has 2; a field that holds the separator needs quotation marks")]
    [InlineData("video,label\n\na.mp4\n", "line 3: 1 fields")]
    [InlineData("video,label\na.mp4,\"walk\nb.mp4,run\n", "line 2: a field goes on in the next line")]
    [InlineData("video,label\na.mp4,5\" nail\nb.mp4,run\n", "line 2: a field goes on in the next line")]
    [InlineData("file,class\na.mp4,walk\n", "with video and label among them; it is 'file | class'")]
    [InlineData("", "the file is empty")]
    [InlineData("video,label,fold\na.mp4,walk,first\n", "line 2: fold is not a whole number")]
    public void VideosCsv_ThatDoesNotFit_IsRefusedWithItsLine(string text, string reason)
    {
        File.WriteAllText(_folder.File("list.csv"), text);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => VideosCsv.Read(_folder.File("list.csv"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAnotherEncoding_SaysHowToSaveIt()
    {
        File.WriteAllBytes(_folder.File("list.csv"), Encoding.Latin1.GetBytes("video;label\r\na.mp4;grüßen\r\n"));
        Assert.Contains("CSV UTF-8", Assert.Throws<InvalidDataException>(() => CsvFile.Read(_folder.File("list.csv"))).Message, StringComparison.Ordinal);
    }
}
