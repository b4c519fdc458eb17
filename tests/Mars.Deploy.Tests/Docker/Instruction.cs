using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mars.Deploy.Tests.Docker;

/// <summary>An instruction of a Dockerfile.</summary>
/// <param name="Keyword">In capitals.</param>
/// <param name="Text">What follows it, on one line.</param>
/// <param name="Stage">Name of the stage that it stands in.</param>
internal sealed partial record Instruction(string Keyword, string Text, string Stage)
{
    /// <summary>The words of it, whether it is written as JSON or plainly.</summary>
    public string[] Words => Text.StartsWith('[') ? JsonSerializer.Deserialize<string[]>(Text)! : Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static IReadOnlyList<Instruction> Read(string dockerfile)
    {
        var stage = "";
        var instructions = new List<Instruction>();
        var plain = string.Join('\n', dockerfile.Split('\n').Where(line => !line.TrimStart().StartsWith('#')));
        foreach (var line in Continued().Replace(plain, " ").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (keyword, text) = line.Split(' ', 2) is [var first, var rest] ? (first, rest.Trim()) : throw new FormatException(line);
            if (keyword == "FROM")
                stage = text.Split(" AS ")[^1];
            instructions.Add(new Instruction(keyword, text, stage));
        }
        return instructions;
    }

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();
}
