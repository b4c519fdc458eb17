using System.Globalization;
using Mars.Inference.Threads;

namespace Mars.Inference.Tests.Threads;

public sealed class ComputeThreadTests
{
    [Fact]
    public void Run_OnLinux_GivesWayWithAllThatItStarts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "not Linux");
        var before = Nice();
        var (own, child) = ComputeThread.Run("test", () =>
        {
            var child = 0;
            var thread = new Thread(() => child = Nice());
            thread.Start();
            thread.Join();
            return (Nice(), child);
        });
        Assert.True(own > before, $"{own}, {before}");
        Assert.Equal(own, child);
        Assert.Equal(before, Nice());
    }

    [Fact]
    public void Run_ThatThrows_ThrowsToItsCaller() =>
        Assert.Equal("no more memory", Assert.Throws<InvalidOperationException>(() => ComputeThread.Run<int>("test", () => throw new InvalidOperationException("no more memory"))).Message);

    // The 19th field of stat; the second one, a name in brackets, may have spaces.
    private static int Nice()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
    }
}
