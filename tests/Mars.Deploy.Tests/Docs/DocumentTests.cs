using System.Text.RegularExpressions;
using Mars.Deploy.Tests.Support;
using Mars.Docs;
using Mars.TestSupport;

namespace Mars.Deploy.Tests.Docs;

public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => [.. CodeBlock.Documents];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Commands_AreUnderstoodByThePrograms(string document) => Assert.Empty(
        CodeBlock.Of(document).Where(b => !b.Mark.StartsWith("run by", StringComparison.Ordinal)).SelectMany(b => b.Commands).SelectMany(line => CommandCheck.Faults(line).Select(fault => $"{line}: {fault}")));

    // Those may leave out what does not matter there.
    [Theory]
    [MemberData(nameof(Documents))]
    public void CommandsInTheText_HaveNothingThatTheProgramsDoNotKnow(string document) => Assert.Empty(
        CodeBlock.InText(document).SelectMany(line => CommandCheck.Faults(line).Where(f => !f.Contains("required", StringComparison.OrdinalIgnoreCase)).Select(fault => $"{line}: {fault}")));

    [Theory]
    [InlineData("./mars watch film.mp4 --strid 8")]
    [InlineData("./mars wach film.mp4")]
    [InlineData("./mars serve --port 5150")]
    [InlineData("./mars train fit --stream rgb --data FRAMES")]
    [InlineData("Mars__Streams__Stride=8 ./mars serve")]
    [InlineData("dotnet run --project src/Mars.Nothing -- watch")]
    public void Commands_WithAMistake_AreFound(string line) => Assert.NotEmpty(CommandCheck.Faults(line));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadSomewhere(string document)
    {
        var folder = Path.GetDirectoryName(Repository.Of(document))!;
        var links = Link().Matches(Repository.Read(document)).Select(m => m.Groups[1].Value).Where(l => !l.Contains("://", StringComparison.Ordinal) && !l.StartsWith('#'));

        Assert.All(links, link => Assert.True(Path.Exists(Path.GetFullPath(Path.Combine(folder, link.Split('#')[0]))), link));
    }

    [Fact]
    public void Index_NamesEveryDocument()
    {
        var index = Repository.Read("docs", "README.md");

        Assert.All(CodeBlock.Documents.Where(d => d.StartsWith("docs/", StringComparison.Ordinal) && d != "docs/README.md" && d.Count(c => c == '/') == 1), d => Assert.Contains($"]({Path.GetFileName(d)})", index, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Settings_Named_Exist(string document)
    {
        var text = Repository.Read(document);
        var keys = Key().Matches(text).Select(m => m.Value.Replace(":", "__", StringComparison.Ordinal)).Concat(Variable().Matches(text).Select(m => m.Value));

        // A section, or a group of settings, may be named as a whole.
        var sections = Mars.Docs.Reference.OptionCatalog.Read().SelectMany(s => s.Entries).Select(e => e.Variable).ToList();
        var unknown = Settings.Unknown(keys).Where(k => !sections.Any(s => s.StartsWith(k.TrimEnd('_'), StringComparison.Ordinal))).ToList();
        Assert.Empty(unknown);
    }

    [Fact]
    public void MadeDocuments_AreAsTheProgramMakesThem() => Assert.All(MadeDocuments.All(SharedData.Root), made =>
    {
        var there = File.Exists(Repository.Of(made.Path)) ? Repository.Read(made.Path) : "";
        Assert.True(made.Text == there, $"{made.Path} is not what the code says: run ./mars docs");
    });

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bMars:\w+(:\w+)+")]
    private static partial Regex Key();

    [GeneratedRegex(@"\bMars__\w+")]
    private static partial Regex Variable();
}
