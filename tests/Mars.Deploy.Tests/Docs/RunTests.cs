using System.Diagnostics;
using System.Text.RegularExpressions;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Docs;

/// <summary>Blocks marked with "run" are run for real, in the order of their document, with fewer videos, epochs and pixels.</summary>
public sealed partial class RunTests(DocumentSite site) : IClassFixture<DocumentSite>
{
    private const string Here = "127.0.0.1:5157";

    private static readonly Dictionary<string, string> Server = new() { ["ASPNETCORE_URLS"] = $"http://{Here}", ["MARS_SERVER_URL"] = $"http://{Here}" };

    public static TheoryData<string> Documents => [.. CodeBlock.Documents.Where(d => CodeBlock.Of(d).Any(b => b.IsRun))];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Blocks_MarkedRun_Work(string document)
    {
        using var folder = new Temporary();
        site.CopyTo(folder.Folder);
        var server = Shell.Start(folder.Folder, Server, "dotnet", Repository.Program("Mars.Server"));
        var beside = new List<Process>();
        try
        {
            await UntilAsync(server, "ready: cameras may connect", "./mars serve");
            foreach (var line in CodeBlock.Of(document).Where(b => b.IsRun).SelectMany(b => b.Lines).Select(CodeBlock.WithoutComment).Where(l => l.Length > 0))
            {
                if (line.StartsWith("ffmpeg ", StringComparison.Ordinal))
                    Shell.Need("ffmpeg", "ffmpeg");
                var command = DocumentCommand.Of(Smaller(line), Server);
                if (command.EndsWhenItSays is { } says)
                {
                    if (command.IsServer)
                        await EndAsync(server); // the one of the block before
                    var process = Shell.Start(folder.Folder, command.Environment, command.Words);
                    if (command.IsServer)
                        server = process;
                    else
                        beside.Add(process);
                    await UntilAsync(process, says, line);
                    continue;
                }
                if (command.GoesOnBeside)
                {
                    beside.Add(Shell.Start(folder.Folder, command.Environment, command.Words));
                    await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken); // whoever types the next line gives this one as long
                    continue;
                }
                var (exit, output, error) = await Shell.RunAsync(folder.Folder, command.Environment, command.Words);
                Assert.True(exit == 0, $"{line}\n{output}\n{error}");
            }
        }
        finally
        {
            foreach (var process in beside.Append(server))
                await EndAsync(process);
        }
    }

    [Theory]
    [MemberData(nameof(DocumentTests.Documents), MemberType = typeof(DocumentTests))]
    public void Blocks_OfAShell_AreRunOrSayWhyNot(string document)
    {
        Assert.Empty(CodeBlock.Of(document).Where(b => b.IsShell && b.Mark.Length == 0).Select(b => b.Lines[0]));
        Assert.DoesNotContain(CodeBlock.Of(document).Where(b => b.Language.Length == 0).SelectMany(b => b.Lines), Program().IsMatch); // of a shell, and do not say so
    }

    [Theory]
    [MemberData(nameof(DocumentTests.Documents), MemberType = typeof(DocumentTests))]
    public void Blocks_RunByAnotherTest_NameOneThatIsThere(string document) => Assert.All(
        CodeBlock.Of(document).Where(b => b.Mark.StartsWith("run by ", StringComparison.Ordinal)).Select(b => b.Mark["run by ".Length..]).Distinct(),
        test => Assert.NotEmpty(Directory.EnumerateFiles(Repository.Of("tests"), $"{test}.cs", SearchOption.AllDirectories)));

    private static async Task UntilAsync(Process process, string says, string line)
    {
        var seen = "";
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken) is { } said)
        {
            if (said.Contains(says, StringComparison.OrdinalIgnoreCase))
                return;
            seen += said + "\n";
        }
        Assert.Fail($"{line}\n{seen}{await errors}");
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.Dispose();
    }

    private static string Smaller(string line) => ShortSide().Replace(Number().Replace(line, "${1}1"), "${1}48").Replace("0.0.0.0:5150", Here, StringComparison.Ordinal)
        + line.Split(' ') switch
        {
            ["./mars", "bench", "path", ..] => " --seconds 0.2",
            ["./mars", "bench", "engine", ..] => " --rounds 1",
            ["./mars", "train", "quantize", ..] => " --force", // a model of one epoch is refused, as it should be
            _ => "",
        };

    [GeneratedRegex(@"(--(?:videos-per-class|epochs) )\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(\./mars|dotnet|docker|helm|deploy/|python3|ffmpeg) ")]
    private static partial Regex Program();

    [GeneratedRegex(@"(--short-side )\d+")]
    private static partial Regex ShortSide();
}
