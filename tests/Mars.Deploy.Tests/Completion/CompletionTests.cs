using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Completion;

/// <summary>TAB in real shells, through the launcher.</summary>
public sealed class CompletionTests
{
    private static readonly string Launcher = Repository.Of("mars");

    [Theory]
    [InlineData("bash", "wa", "watch")]
    [InlineData("bash", "watch --mo", "--mode --model")]
    [InlineData("bash", "watch x --mode e", "every-window")]
    [InlineData("bash", "train ex", "explain export")]
    [InlineData("bash", "train fit --str", "--stream")]
    [InlineData("bash", "bench engine --wi", "--width")]
    [InlineData("bash", "bench so", "soak")]
    [InlineData("bash", "serve --mode", "--model --models")]
    [InlineData("fish", "wa", "watch")]
    [InlineData("fish", "watch --mo", "--mode --model")]
    public async Task Suggestions(string shell, string line, string expected)
    {
        Shell.Need(shell, shell);
        using var folder = new Temporary();
        var script = await ScriptAsync(shell, folder.Folder);

        // The shells' own entrances: what bash calls at a TAB, and fish's complete -C.
        string[] command = shell == "fish"
            ? ["fish", "-c", $"source {script}; complete -C '{Launcher} {line}'"]
            : ["bash", "-c", $"source {script}; COMP_WORDS=({Launcher} {line}) COMP_LINE='{Launcher} {line}'; COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) COMP_POINT=${{#COMP_LINE}}; _mars; printf '%s\\n' \"${{COMPREPLY[@]}}\""];
        var (exit, output, error) = await Shell.RunAsync(folder.Folder, new Dictionary<string, string> { ["HOME"] = folder.Folder }, command);

        Assert.True(exit == 0, error);
        Assert.Equal(expected.Split(' '), output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bash", "wa", "tch ")]
    [InlineData("zsh", "wa", "tch ")]
    [InlineData("zsh", "watch --full", "-size")]
    public async Task Tab_InATerminal_CompletesTheLine(string shell, string line, string completed)
    {
        Shell.Need(shell, shell);
        var python = Shell.Need("python3", "python3");
        using var folder = new Temporary();
        var script = await ScriptAsync(shell, folder.Folder);
        Directory.CreateSymbolicLink(Path.Combine(folder.Folder, "mars"), Launcher);

        var (exit, output, error) = await Shell.RunAsync(
            folder.Folder, new Dictionary<string, string> { ["HOME"] = folder.Folder, ["PATH"] = $"{folder.Folder}:{Environment.GetEnvironmentVariable("PATH")}" },
            python, Repository.Of("tests", "Mars.Deploy.Tests", "Completion", "press_tab.py"), shell, script, $"{Launcher} {line}");

        Assert.True(exit == 0, error);
        Assert.Contains($"{line}{completed}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Launcher_NothingBuilt_SuggestsNothingAndBuildsNothing()
    {
        using var folder = new Temporary();
        var launcher = Path.Combine(folder.Folder, "mars");
        File.Copy(Launcher, launcher);

        var (exit, output, error) = await Shell.RunAsync(folder.Folder, null, launcher, "[suggest:2]", "wa");

        Assert.Equal((0, "", ""), (exit, output, error));
        Assert.Equal([launcher], Directory.GetFileSystemEntries(folder.Folder));
    }

    private static async Task<string> ScriptAsync(string shell, string folder)
    {
        var (exit, output, error) = await Shell.RunAsync(folder, null, "dotnet", Repository.Program("Mars.Client"), "completion", shell);
        Assert.True(exit == 0, error);
        var script = Path.Combine(folder, "completion");
        await File.WriteAllTextAsync(script, output, TestContext.Current.CancellationToken);
        return script;
    }
}
