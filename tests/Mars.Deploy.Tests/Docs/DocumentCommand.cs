using System.Text.RegularExpressions;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Docs;

/// <summary>A line of a document as a process.</summary>
/// <param name="Words">Program and arguments.</param>
/// <param name="Environment">Variables.</param>
internal sealed partial record DocumentCommand(string[] Words, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>It goes on for ever, and has done its work when it has written this.</summary>
    public string? EndsWhenItSays { get; private init; }

    /// <summary>It goes on while the next lines run.</summary>
    public bool GoesOnBeside { get; private init; }

    public bool IsServer { get; private init; }

    /// <param name="line">Without its comment.</param>
    /// <param name="environment">In which all run.</param>
    public static DocumentCommand Of(string line, IReadOnlyDictionary<string, string> environment)
    {
        var set = Assignments().Match(line).Value;
        var variables = new Dictionary<string, string>(environment);
        foreach (var assignment in set.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            variables[assignment.Split('=')[0]] = assignment[(assignment.IndexOf('=', StringComparison.Ordinal) + 1)..];
        if (Arguments(line[set.Length..]) is not var (program, arguments))
            return new DocumentCommand(["bash", "-c", line.TrimEnd('&')], variables) { GoesOnBeside = line.EndsWith('&') };
        var serves = program == "Mars.Server" && !arguments.Contains("--new-key");
        return new DocumentCommand(["dotnet", Repository.Program(program), .. arguments], variables)
        {
            IsServer = serves,
            EndsWhenItSays = serves ? "ready: cameras may connect" : arguments is ["watch", "synthetic:" or ['h', 't', 't', 'p', ..], ..] ? "  frames " : null,
        };
    }

    // Ours: what the launcher, or dotnet run, would start.
    private static (string Program, string[] Arguments)? Arguments(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["./mars", "serve", .. var rest] => ("Mars.Server", rest),
        ["./mars", "train", .. var rest] => ("Mars.Trainer", rest),
        ["./mars", "bench", "engine" or "decode", ..] => ("Mars.Trainer", line.Split(' ')[1..]),
        ["./mars", "bench", .. ["path", ..] rest] => ("Mars.Benchmarks", rest),
        ["./mars", .. var rest] => ("Mars.Client", rest),
        ["dotnet", "run", "-c", "Release", "--project", var project, "--", .. var rest] => (Path.GetFileName(project), rest),
        _ => null,
    };

    [GeneratedRegex(@"^(\w+=\S+ )*")]
    private static partial Regex Assignments();
}
