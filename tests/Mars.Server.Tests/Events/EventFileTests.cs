using System.Text.Json;

namespace Mars.Server.Tests.Events;

/// <summary>The file of JSON lines.</summary>
public sealed class EventFileTests : EventTests
{
    [Fact]
    public async Task File_OfACamera_HasALineAnEventAtOnce()
    {
        var path = Path.Combine(Folder, "out", "events.jsonl");
        await using var server = await StartAsync(("Mars:Events:File:Path", path), ("Mars:Events:File:Labels:0", "red"));
        using var camera = new ColourCamera(server);
        await camera.ShowAsync("red", "green", "red");
        await camera.FinishAsync();
        await WaitAsync(() => File.Exists(path) && File.ReadLines(path).Count() >= 4, "four lines");
        var events = File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["Started", "Ended", "Started", "Ended"], events.Select(e => e.GetProperty("phase").GetString()!));
        Assert.All(events, e => Assert.Equal(("door", "red"), (e.GetProperty("camera").GetString(), e.GetProperty("label").GetString())));
        Assert.Equal(events[0].GetProperty("id").GetString(), events[1].GetProperty("id").GetString());
        Assert.True(events[1].GetProperty("endTime").GetDateTimeOffset() > events[1].GetProperty("startTime").GetDateTimeOffset());
    }

    [Fact]
    public async Task File_ThatIsLarge_IsPutAside()
    {
        var path = Path.Combine(Folder, "events.jsonl");
        await using (var server = await StartAsync(("Mars:Events:File:Path", path), ("Mars:Events:File:MaxBytes", "1024"), ("Mars:Events:File:Keep", "2")))
        {
            using var camera = new ColourCamera(server);
            await camera.ShowAsync([.. Enumerable.Repeat(new[] { "red", "green", "blue" }, 4).SelectMany(c => c)]);
            await camera.FinishAsync();
        }
        Assert.Equal(["events.jsonl", "events.jsonl.1", "events.jsonl.2"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var file in Directory.GetFiles(Folder))
        {
            Assert.InRange(new FileInfo(file).Length, 1, 1024 + 400);
            Assert.All(File.ReadLines(file), line => JsonDocument.Parse(line));
        }
    }
}
