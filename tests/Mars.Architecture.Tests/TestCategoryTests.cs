using System.Text.RegularExpressions;
using Mars.TestSupport;

namespace Mars.Architecture.Tests;

/// <summary>Categories decide which tests ./mars test runs: a misspelt one would run a test where it does not hold.</summary>
public sealed partial class TestCategoryTests
{
    private static readonly string[] Known = ["wall-clock", "training", "browser", "foreign-server", "gpu-build"];

    private static readonly (string Class, string Text)[] Files =
        [.. Directory.GetFiles(Path.Combine(SharedData.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith($"{nameof(TestCategoryTests)}.cs", StringComparison.Ordinal))
            .Select(path => (Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)))];

    [Fact]
    public void Traits_AreKnownCategories() => Assert.DoesNotContain(
        Files.SelectMany(file => Trait().Matches(file.Text).Select(m => (file.Class, Name: m.Groups[1].Value, Value: m.Groups[2].Value))),
        trait => trait.Name != "Category" || !Known.Contains(trait.Value));

    [Fact]
    public void WallClockTests_AreListedInContributing()
    {
        var document = File.ReadAllText(Path.Combine(SharedData.Root, "docs", "contributing.md"));

        Assert.DoesNotContain(Files, file => file.Text.Contains("\"wall-clock\"", StringComparison.Ordinal) && !document.Contains($"`{file.Class}`", StringComparison.Ordinal));
    }

    [GeneratedRegex("""\[(?:assembly: )?Trait\("([^"]*)", "([^"]*)"\)\]""")]
    private static partial Regex Trait();
}
