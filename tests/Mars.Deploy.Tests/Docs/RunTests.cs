using System.Text.RegularExpressions;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Docs;

/// <summary>Blocks marked with "run" are run for real, in the order of their document, with fewer videos and epochs.</summary>
public sealed partial class RunTests
{
    // A command that goes on for ever has done its work when it has written this.
    private static readonly (string Command, string Says)[] Endless = [("serve", "ready: cameras may connect"), ("watch", "\"type\":\"prediction\"")];

    [Fact]
    public async Task Models_StepByStep_EndWithTheirOwnModelServed()
    {
        using var folder = new Temporary();
        var environment = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://127.0.0.1:5157", ["MARS_SERVER_URL"] = "http://127.0.0.1:5157" };
        var running = new List<System.Diagnostics.Process>();
        try
        {
            foreach (var line in CodeBlock.Of("docs/models.md").Where(b => b.Mark == "run").SelectMany(b => b.Commands))
            {
                var words = Smaller(line).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
                var command = Program(words);
                if (Endless.FirstOrDefault(e => e.Command == words[0]) is { Says: { } says })
                {
                    running.Add(Shell.Start(folder.Folder, environment, command));
                    await UntilAsync(running[^1], says, line);
                    continue;
                }
                var (exit, output, error) = await Shell.RunAsync(folder.Folder, environment, command);
                Assert.True(exit == 0, $"{line}\n{output}\n{error}");
            }
        }
        finally
        {
            running.ForEach(p => p.Kill(entireProcessTree: true));
            running.ForEach(p => p.Dispose());
        }

        Assert.Equal(2, running.Count);
        Assert.True(File.Exists(Path.Combine(folder.Folder, "models", "my-actions", "1", "manifest.json")));
    }

    private static async Task UntilAsync(System.Diagnostics.Process process, string says, string line)
    {
        var seen = "";
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken) is { } said)
        {
            if (said.Contains(says, StringComparison.OrdinalIgnoreCase))
                return;
            seen += said + "\n";
        }
        Assert.Fail($"{line}\n{seen}{await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
    }

    private static string Smaller(string line) => Number().Replace(line, "${1}1");

    // What the launcher would start.
    private static string[] Program(string[] words) => words[0] switch
    {
        "serve" => ["dotnet", Repository.Program("Mars.Server"), .. words[1..]],
        "train" => ["dotnet", Repository.Program("Mars.Trainer"), .. words[1..]],
        _ => ["dotnet", Repository.Program("Mars.Client"), .. words, "--json"],
    };

    [GeneratedRegex(@"(--(?:videos-per-class|epochs) )\d+")]
    private static partial Regex Number();
}
