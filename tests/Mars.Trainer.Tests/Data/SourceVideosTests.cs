using Mars.Trainer.Data;

namespace Mars.Trainer.Tests.Data;

/// <summary>Folders as they lie on disks: with what notebooks, Macs, cameras and people leave in them.</summary>
public sealed class SourceVideosTests : IDisposable
{
    // What a container begins with does not matter here: no text, no picture.
    private static readonly byte[] Binary = [0, 0, 0, 32, 1, 2, 3, 4, 200, 201];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_HiddenFilesAndFolders_AreNoClassesAndNoVideos()
    {
        Write("walk/a.mp4", Binary);
        Write("walk/._a.mp4", [0, 5, 22, 7, 0, 2]); // AppleDouble
        Write("walk/.DS_Store", Binary);
        Write(".ipynb_checkpoints/a-checkpoint.mp4", Binary);
        var found = SourceVideos.Find(_folder.Path);
        Assert.Equal(["walk/a"], found.Videos.Select(v => v.Entry.Video));
        Assert.Equal([(".ipynb_checkpoints/", "hidden"), ("walk/.DS_Store", "hidden"), ("walk/._a.mp4", "hidden")], Skipped(found));
    }

    [Theory]
    [InlineData("b.3gp")]
    [InlineData("c.mts")]
    [InlineData("d.m2ts")]
    [InlineData("e.OGV")]
    [InlineData("f.unheard-of")]
    [InlineData("no ending")]
    public void Find_AnyEnding_MayBeAVideo(string name)
    {
        Write($"walk/{name}", Binary);
        Assert.Equal(name, Path.GetFileName(Assert.Single(SourceVideos.Find(_folder.Path).Videos).Path));
    }

    [Fact]
    public void Find_WhatCannotBeAVideo_IsSkippedWithItsReason()
    {
        Write("walk/a.mp4", Binary);
        Write("walk/b.json", "{\"frames\": 3}"u8.ToArray());
        Write("walk/c.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]);
        Write("walk/d.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        Write("walk/e.mp4", []);
        Write("walk/g.mjpeg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]);
        Write("walk/more/h.mp4", Binary);
        Write("i.mp4", Binary);
        Write("labels.txt", "walk\n"u8.ToArray());
        var found = SourceVideos.Find(_folder.Path);
        Assert.Equal(["walk/a", "walk/g"], found.Videos.Select(v => v.Entry.Video));
        Assert.Equal(
            [("i.mp4", "in no class's folder"), ("walk/b.json", "text"), ("walk/c.jpg", "a picture"), ("walk/d.png", "a picture"), ("walk/e.mp4", "empty"), ("walk/more/", "a folder in a class's folder")],
            Skipped(found).Order());
    }

    [Fact]
    public void Find_NothingButJunk_FailsWithAReason()
    {
        Write("walk/a.txt", "nothing"u8.ToArray());
        Assert.Contains("skipped walk/a.txt: text", Assert.Throws<InvalidDataException>(() => SourceVideos.Find(_folder.Path)).Message, StringComparison.Ordinal);
    }

    // Frames are written into a folder of the label's name: none may leave the output folder.
    [Theory]
    [InlineData("push/pull", "push_pull/a")]
    [InlineData("..", "_../a")]
    [InlineData("/etc", "_etc/a")]
    [InlineData("a: b, \"c\" 行走", "a: b, \"c\" 行走/a")]
    public void Find_ALabelOfAList_IsAFolderInTheOutput(string label, string video)
    {
        Write("x/a.mp4", Binary);
        VideosCsv.Write(_folder.File("list.csv"), [new VideoEntry("x/a.mp4", label, "", null, 0)]);
        var entry = Assert.Single(SourceVideos.Find(_folder.File("list.csv")).Videos).Entry;
        Assert.Equal((video, label), (entry.Video, entry.Label));
    }

    [Fact]
    public void Find_AListOfAnotherSystem_FindsItsFiles()
    {
        Write("x/a.mp4", Binary);
        File.WriteAllText(_folder.File("list.csv"), "video;label\r\nx\\a.mp4;walk\r\n");
        Assert.True(File.Exists(Assert.Single(SourceVideos.Find(_folder.File("list.csv")).Videos).Path));
    }

    [Theory]
    [InlineData("a.mp4,", "no label")]
    [InlineData(",walk", "no video")]
    public void Find_ARowWithoutLabelOrVideo_IsRefused(string row, string reason)
    {
        File.WriteAllText(_folder.File("list.csv"), $"video,label\n{row}\n");
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => SourceVideos.Find(_folder.File("list.csv"))).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string, string)> Skipped(SourceList found) => found.Skipped.Select(s => (s.Path, s.Reason));

    private void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllBytes(_folder.File(name), content);
    }
}
