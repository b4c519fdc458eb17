using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Launcher;

/// <summary>build/test-hosts.sh, which ./mars test runs the test projects with: whatever becomes of a test host is named and counted.</summary>
public sealed class TestHostsTests
{
    private const string Passes = """echo '<TestRun><Counters total="3" executed="3" passed="3" failed="0" /></TestRun>' > "$TRX" """;

    private const string Fails = """
        echo '<TestRun><UnitTestResult testName="N.C.Broken" outcome="Failed"><Output><ErrorInfo><Message>expected &quot;a&quot;</Message></ErrorInfo></Output></UnitTestResult><Counters total="2" executed="2" passed="1" failed="1" /></TestRun>' > "$TRX"; exit 1
        """;

    [Fact]
    public async Task AllPass_IsCounted()
    {
        var (exit, output, _) = await RunAsync(60, ("A.Tests", Passes), ("B.Tests", Passes));

        Assert.Equal((0, "6 passed, 0 failed"), (exit, LastLine(output)));
    }

    [Fact]
    public async Task FailedTest_IsNamedWithItsMessage()
    {
        var (exit, output, error) = await RunAsync(60, ("A.Tests", Fails), ("B.Tests", Passes));

        Assert.Equal((1, "4 passed, 1 failed"), (exit, LastLine(output)));
        Assert.Contains("failed: N.C.Broken: expected \"a\"", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kill -FPE $$", "crashed: signal FPE")]
    [InlineData("kill -KILL $$", "crashed: signal KILL")]
    [InlineData("exit 3", "ended with exit code 3")]
    [InlineData(Passes + "; kill -SEGV $$", "crashed: signal SEGV")]
    public async Task CrashedHost_IsOneFailure_AndItsUnfinishedTestIsNamed(string end, string reason)
    {
        const string Output = "echo '  N.C.Done [STARTING]'; echo '  N.C.Done [FINISHED] Time: 0.1s'; echo '  N.C.Deadly [STARTING]'; ";

        var (exit, output, error) = await RunAsync(60, ("A.Tests", Passes), ("Crash.Tests", Output + end));

        Assert.Equal(1, exit);
        Assert.EndsWith(" passed, 1 failed", LastLine(output), StringComparison.Ordinal);
        Assert.Contains("Crash.Tests: the test host", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Contains("Crash.Tests: had not finished: N.C.Deadly", error, StringComparison.Ordinal);
        Assert.DoesNotContain("N.C.Done", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostThatHangs_IsKilled_AndCounted()
    {
        var (exit, output, error) = await RunAsync(1, ("A.Tests", Passes), ("Hang.Tests", "echo ' N.C.Endless [STARTING]'; sleep 300"));

        Assert.Equal((1, "3 passed, 1 failed"), (exit, LastLine(output)));
        Assert.Contains("Hang.Tests: the test host did not end within 1 s", error, StringComparison.Ordinal);
        Assert.Contains("N.C.Endless", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("""echo '<TestRun><Counters total="0" executed="0" passed="0" failed="0" /></TestRun>' > "$TRX" """)]
    public async Task HostThatReportsNoTest_IsOneFailure(string command)
    {
        var (exit, output, error) = await RunAsync(60, ("A.Tests", Passes), ("Silent.Tests", command));

        Assert.Equal((1, "3 passed, 1 failed"), (exit, LastLine(output)));
        Assert.Contains("Silent.Tests: the test host reported no test", error, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(int limitSeconds, params (string Name, string Command)[] hosts)
    {
        using var folder = new Temporary();
        var list = Path.Combine(folder.Folder, "hosts");
        await File.WriteAllLinesAsync(list, hosts.Select(h => $"{h.Name}\t{h.Command}"), TestContext.Current.CancellationToken);
        return await Shell.RunAsync(folder.Folder, null, "bash", "-c", $"'{Repository.Of("build", "test-hosts.sh")}' results {limitSeconds} 2 < '{list}'");
    }

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1];
}
