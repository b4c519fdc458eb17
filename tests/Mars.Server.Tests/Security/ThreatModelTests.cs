using System.Reflection;
using System.Text.RegularExpressions;
using Mars.TestSupport;

namespace Mars.Server.Tests.Security;

/// <summary>docs/security.md names a test for each threat; here it is seen to that the tests are there.</summary>
public sealed partial class ThreatModelTests
{
    [Fact]
    public void EachThreat_NamesATestThatExists()
    {
        var threats = File.ReadLines(Path.Combine(SharedData.Root, "docs", "security.md"))
            .Where(l => l.StartsWith("| ", StringComparison.Ordinal) && l.Contains("Tests.", StringComparison.Ordinal))
            .ToArray();
        var sources = Directory.GetFiles(Path.Combine(SharedData.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToArray();

        Assert.True(threats.Length >= 20, $"{threats.Length} threats");
        foreach (var threat in threats)
        {
            var tests = Named().Matches(threat.Split('|')[^2]);
            Assert.True(tests.Count > 0, $"no test: {threat}");
            foreach (Match test in tests)
                Assert.True(Exists(test.Groups[1].Value, test.Groups[2].Value, sources), $"there is no test {test.Value}");
        }
    }

    [Fact]
    public void EachThreatsTable_HasATestInEveryLine()
    {
        var lines = File.ReadLines(Path.Combine(SharedData.Root, "docs", "security.md")).SkipWhile(l => !l.StartsWith("| threat", StringComparison.Ordinal)).Skip(2).TakeWhile(l => l.StartsWith('|'));
        Assert.All(lines, line => Assert.Matches(Named(), line));
    }

    // Of this project by reflection, of the others by their text.
    private static bool Exists(string type, string method, string[] sources) =>
        Assembly.GetExecutingAssembly().GetTypes().Any(t => t.Name == type && t.GetMethod(method)?.GetCustomAttributes().Any(a => a is FactAttribute) == true)
        || sources.Any(s => Regex.IsMatch(s, $@"class {type}\b") && Regex.IsMatch(s, $@"public (async Task|void) {method}\("));

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex Named();
}
