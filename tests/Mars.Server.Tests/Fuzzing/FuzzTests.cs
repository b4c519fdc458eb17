using System.Diagnostics;

namespace Mars.Server.Tests.Fuzzing;

/// <summary>A small share of ./mars fuzz, with a seed of its own each day of the month, so that the years see more than one run does.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Fuzz_TwentyThousandInputs_NoCrashNoHangNoGrowth()
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Mars.Fuzzing", "release", "Mars.Fuzzing.dll"));
        if (!File.Exists(program))
            Assert.Skip($"{program} is not built");
        using var run = Process.Start(new ProcessStartInfo("dotnet") { ArgumentList = { program, "--inputs", "20000", "--seed", $"{TimeProvider.System.GetUtcNow().Day}" }, RedirectStandardOutput = true })!;
        var output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, output);
        Assert.Contains("no crash, no hang, no growth", output, StringComparison.Ordinal);
    }
}
