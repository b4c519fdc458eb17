using System.Text.RegularExpressions;
using Mars.TestSupport;

namespace Mars.Architecture.Tests;

/// <summary>A room is a folder of a project. Two rooms that name each other's types are one room, or a mistake.</summary>
public sealed partial class RoomTests
{
    [Fact]
    public void Rooms_NoTwoNameEachOther()
    {
        var circles = Circles(Directory.GetFiles(Path.Combine(SharedData.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path.GetRelativePath(Path.Combine(SharedData.Root, "src"), path), File.ReadAllText(path))));

        Assert.Empty(circles);
    }

    [Fact]
    public void Circles_OfTwoRoomsThatNameEachOther_AreFound() => Assert.Equal(
        ["P/A <-> P/B"],
        Circles([("P/A/One.cs", "class One { Two two; }"), ("P/B/Two.cs", "class Two { One one; }"), ("P/C/Three.cs", "class Three { One one; } // Two")]));

    [Fact]
    public void Files_AreShort() => Assert.Empty(
        Directory.GetFiles(Path.Combine(SharedData.Root, "src"), "*.cs", SearchOption.AllDirectories).Where(path => File.ReadLines(path).Count() > 300).Select(Path.GetFileName));

    private static string[] Circles(IEnumerable<(string Path, string Text)> files)
    {
        var rooms = files
            .Select(file => (Room: string.Join('/', file.Path.Replace('\\', '/').Split('/')[..^1].Take(2)), Code: CommentOrText().Replace(file.Text, " ")))
            .ToList();
        // A name that several rooms declare (Program, say) tells nothing.
        var homes = rooms
            .SelectMany(file => Declaration().Matches(file.Code).Select(m => (Name: m.Groups[1].Value, file.Room)))
            .Distinct()
            .GroupBy(d => d.Name)
            .Where(g => g.Count() == 1)
            .ToDictionary(g => g.Key, g => g.Single().Room);
        var arrows = rooms
            .SelectMany(file => Name().Matches(file.Code).Select(m => (From: file.Room, To: homes.GetValueOrDefault(m.Value, file.Room))))
            .Where(a => a.From != a.To)
            .ToHashSet();
        return [.. arrows.Where(a => string.CompareOrdinal(a.From, a.To) < 0 && arrows.Contains((a.To, a.From))).Select(a => $"{a.From} <-> {a.To}").Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex("""///?[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|@"(?:""|[^"])*(?:")""", RegexOptions.Singleline)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?)\s+([A-Z]\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b[A-Z]\w+\b")]
    private static partial Regex Name();
}
