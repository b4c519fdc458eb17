using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Commands;

/// <summary>Whoever reads a command's output may go, as head does: the command ends, and says nothing about it.</summary>
public sealed class ClosedPipeTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("watch synthetic: --json", "head -n 1")]
    [InlineData("watch synthetic:", "head -n 1")]
    [InlineData("models", "true")]
    [InlineData("models --json", "true")]
    [InlineData("--help", "true")]
    [InlineData("watch --help", "true")]
    [InlineData("completion bash", "true")]
    [InlineData("bench load --cameras 1 --duration 1 --ramp 0", "true")]
    [InlineData("recognize VIDEO", "true")]
    public async Task ReaderGoes_CommandEndsQuietly(string command, string reader)
    {
        using var folder = new Temporary();
        var line = command.Replace("VIDEO", TestVideos.Write(folder.Folder, 25, 1, [1]), StringComparison.Ordinal);
        var at = command.Contains("help", StringComparison.Ordinal) || command.StartsWith("completion", StringComparison.Ordinal) ? "" : $" --server {server.Address.GetLeftPart(UriPartial.Authority)}";

        // The reader has gone before the first line comes where it reads none.
        var (_, output, error) = await ClientProcess.ShellAsync($"$M {line}{at} | {reader}; echo ${{PIPESTATUS[0]}} >&2");

        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines[^1] is "141" or "0", error);
        Assert.DoesNotContain(lines, l => l.Contains("xception", StringComparison.Ordinal) || l.Contains("ipe", StringComparison.Ordinal) || l.StartsWith("mars: standard", StringComparison.Ordinal));
        if (reader != "true")
            Assert.NotEmpty(output);
    }

    [Fact]
    public async Task OutputToAFileThatOthersWriteToo_KeepsItsOrder()
    {
        using var folder = new Temporary();
        var file = Path.Combine(folder.Folder, "out");

        await ClientProcess.ShellAsync($"{{ echo first; $M completion bash; echo last; }} > '{file}'");

        var lines = await File.ReadAllLinesAsync(file, Limits.Wait);
        Assert.Equal(("first", "last"), (lines[0], lines[^1]));
        Assert.True(lines.Length > 5);
    }
}
