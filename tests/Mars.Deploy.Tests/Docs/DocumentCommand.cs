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
        var (set, rest) = Variables(line);
        var variables = new Dictionary<string, string>(environment);
        foreach (var (name, value) in set)
            variables[name] = value;
        if (Program(rest.Split(' ', StringSplitOptions.RemoveEmptyEntries)) is not var (program, arguments))
            return new DocumentCommand(["bash", "-c", line.TrimEnd('&')], variables) { GoesOnBeside = line.EndsWith('&') };
        var serves = program == "Mars.Server" && !arguments.Contains("--new-key");
        return new DocumentCommand(["dotnet", Repository.Program(program), .. arguments], variables)
        {
            IsServer = serves,
            EndsWhenItSays = serves ? "ready: cameras may connect" : arguments is ["watch", "synthetic:" or ['h', 't', 't', 'p', ..], ..] ? "  frames " : null,
        };
    }

    /// <summary>What is set before a command, as NAME=value, and the command.</summary>
    public static (IReadOnlyDictionary<string, string> Set, string Command) Variables(string line)
    {
        var set = Assignments().Match(line).Value;
        return (set.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split('=', 2)).ToDictionary(a => a[0], a => a[1]), line[set.Length..]);
    }

    /// <summary>Ours: what the launcher, or dotnet run, would start; null for the programs of others.</summary>
    public static (string Program, string[] Arguments)? Program(string[] words) => words switch
    {
        ["./mars", "serve", .. var rest] => ("Mars.Server", rest),
        ["./mars", "train", .. var rest] => ("Mars.Trainer", rest),
        ["./mars", .. ["bench", "engine" or "decode", ..] rest] => ("Mars.Trainer", rest),
        ["./mars", "bench", .. ["path", ..] rest] => ("Mars.Benchmarks", rest),
        ["./mars", .. var rest] => ("Mars.Client", rest),
        ["dotnet", "run", "-c", "Release", "--project", var project, "--", .. var rest] => (Path.GetFileName(project), rest),
        _ => null,
    };

    [GeneratedRegex(@"^(\w+=\S+ )*")]
    private static partial Regex Assignments();
}
