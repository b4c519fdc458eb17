using Mars.Server.Events;
using Mars.V1;

namespace Mars.Server.Tests.Events;

public sealed class EventSpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mars-spool-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "sub", "hook.events");

    [Fact]
    public async Task Add_PastTheCapacity_OldestGoes()
    {
        using var spool = new EventSpool(null, 2);
        Assert.True(spool.Add(Event(1)));
        Assert.True(spool.Add(Event(2)));
        Assert.False(spool.Add(Event(3)));
        Assert.Equal(["2", "3"], await DrainAsync(spool));
    }

    [Fact]
    public async Task Remove_OfOneThatWasDroppedMeanwhile_LeavesTheOthers()
    {
        using var spool = new EventSpool(null, 1);
        spool.Add(Event(1));
        var first = await spool.PeekAsync(TestContext.Current.CancellationToken);
        spool.Add(Event(2));
        spool.Remove(first!);
        Assert.Equal(["2"], await DrainAsync(spool));
    }

    [Fact]
    public async Task File_OfAProcessThatDied_HasWhatWasNotRemoved()
    {
        using (var spool = new EventSpool(Path, 10))
        {
            for (var i = 1; i <= 4; i++)
                spool.Add(Event(i));
            spool.Remove((await spool.PeekAsync(TestContext.Current.CancellationToken))!);
            Copy(Path, $"{Path}.dead"); // what is on disk now, without any good-bye
        }
        await File.AppendAllTextAsync($"{Path}.dead", "+{\"camera\":\"do", TestContext.Current.CancellationToken); // and a line that was cut off
        using var again = new EventSpool($"{Path}.dead", 10);
        again.Add(Event(5));
        using var twice = CopyOf($"{Path}.dead");
        Assert.Equal(["2", "3", "4", "5"], await DrainAsync(twice));
    }

    [Fact]
    public async Task File_OfManyEvents_StaysSmall()
    {
        using var spool = new EventSpool(Path, 10);
        for (var i = 1; i <= 3000; i++)
        {
            spool.Add(Event(i));
            spool.Remove((await spool.PeekAsync(TestContext.Current.CancellationToken))!);
        }
        Assert.InRange(new FileInfo(Path).Length, 0, 300_000);
    }

    [Fact]
    public void File_OfAnotherServer_IsNotTaken()
    {
        using var spool = new EventSpool(Path, 10);
        Assert.Throws<IOException>(() => new EventSpool(Path, 10));
    }

    [Fact]
    public async Task File_ThatCannotBeWrittenForAWhile_DeliveriesGoOnAndItIsWrittenAnew()
    {
        using var spool = new EventSpool(Path, 10);
        spool.Add(Event(1));
        File.Delete(Path);
        Directory.CreateDirectory($"{Path}.new"); // no file can be made there
        for (var i = 2; i <= 600; i++)
        {
            spool.Add(Event(i));
            spool.Remove((await spool.PeekAsync(TestContext.Current.CancellationToken))!);
        }
        Assert.False(File.Exists(Path));
        Directory.Delete($"{Path}.new");
        spool.Add(Event(601));
        using var again = CopyOf(Path);
        Assert.Equal(["600", "601"], await DrainAsync(again));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static EventSpool CopyOf(string path)
    {
        Copy(path, $"{path}.copy");
        return new EventSpool($"{path}.copy", 10);
    }

    // By a program that knows nothing of .NET's locks, as another process would find it.
    private static void Copy(string from, string to)
    {
        using var process = System.Diagnostics.Process.Start("cp", [from, to]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static SinkEvent Event(int number) => new()
    {
        Camera = "door",
        Id = $"{number}",
        Phase = ActionEvent.Types.Phase.Started,
        Label = "sit \"down\"\n",
        Score = 0.5,
        FirstSequence = 1,
        LastSequence = 16,
    };

    private static async Task<List<string>> DrainAsync(EventSpool spool)
    {
        var ids = new List<string>();
        spool.Complete();
        while (await spool.PeekAsync(TestContext.Current.CancellationToken) is { } action)
        {
            Assert.Equal("sit \"down\"\n", action.Label);
            ids.Add(action.Id);
            spool.Remove(action);
        }
        return ids;
    }
}
