using System.Text.RegularExpressions;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Docs;

/// <summary>A fenced block of a document.</summary>
/// <param name="File">Path in the repository.</param>
/// <param name="Language">What stands behind the fence.</param>
/// <param name="Mark">The comment right before it: "run", "run by TEST" or "not run: reason"; empty without one.</param>
/// <param name="Lines">Its lines.</param>
internal sealed partial record CodeBlock(string File, string Language, string Mark, IReadOnlyList<string> Lines)
{
    /// <summary>Every document whose commands are checked.</summary>
    public static IEnumerable<string> Documents =>
        Directory.GetFiles(Repository.Of("docs"), "*.md", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Repository.Of(), f)).Append("README.md").Append("deploy/README.md").Order(StringComparer.Ordinal);

    /// <summary>A test runs it.</summary>
    public bool IsRun => Mark == "run";

    /// <summary>Its lines are for a shell.</summary>
    public bool IsShell => Language is "bash" or "sh";

    /// <summary>The lines of shell blocks that start one of our programs, without comments.</summary>
    public IEnumerable<string> Commands => IsShell ? Continued().Replace(string.Join('\n', Lines), " ").Split('\n').Select(WithoutComment).Where(l => Ours().IsMatch(l)) : [];

    /// <summary>The commands that stand in the text, as `./mars test` does.</summary>
    public static IEnumerable<string> InText(string document) => Quoted().Matches(Fenced().Replace(Repository.Read(document), "")).Select(m => m.Groups[1].Value);

    public static string WithoutComment(string line) => Comment().Replace(line, "").Trim();

    public static IEnumerable<CodeBlock> Of(string document)
    {
        var lines = Repository.Read(document).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is not { Success: true } fence)
                continue;
            var mark = i > 0 && Marked().Match(lines[i - 1]) is { Success: true } marked ? marked.Groups[1].Value : "";
            var end = Array.FindIndex(lines, i + 1, l => l.TrimStart().StartsWith("```", StringComparison.Ordinal));
            yield return new CodeBlock(document, fence.Groups[1].Value, mark, lines[(i + 1)..end]);
            i = end;
        }
    }

    [GeneratedRegex(@"^\s*```(\w*)\s*$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^<!-- (run|run by \w+|not run: .+) -->$")]
    private static partial Regex Marked();

    [GeneratedRegex(@"`(\./mars [^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\s*```.*?^\s*```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"(^|\s+)#( .*)?$")]
    private static partial Regex Comment();

    // Variables may be set before a command.
    [GeneratedRegex(@"^(\w+=\S+ )*(\./mars|dotnet|source <\(\./mars)\b")]
    private static partial Regex Ours();
}
