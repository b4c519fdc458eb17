using System.Globalization;
using Mars.Fuzzing;

// ./mars fuzz [--inputs N] [--target NAME] [--seed S]      a million inputs, shared out among the targets
// ./mars fuzz --target NAME --only I                       one of them again, to see what it does
var only = Value("--only");
var seed = int.Parse(Value("--seed") ?? "1", CultureInfo.InvariantCulture);
if (args.Contains("--help") || args.Any(a => a.StartsWith("--", StringComparison.Ordinal) && a is not ("--inputs" or "--target" or "--seed" or "--only" or "--child")))
{
    Console.WriteLine("./mars fuzz [--inputs N] [--target NAME] [--seed S] [--only I]\nMutated frames, messages, packages and checkpoints: nothing may crash, hang or grow. Targets: " + string.Join(", ", FuzzTargets.Names));
    return args.Contains("--help") ? 0 : 2;
}
if (Value("--target") is { } wanted && !FuzzTargets.Names.Contains(wanted))
{
    Console.Error.WriteLine($"there is no target '{wanted}'; there are: {string.Join(", ", FuzzTargets.Names)}");
    return 2;
}
if (args.Contains("--child"))
    return FuzzRun.Child(Value("--target")!, seed, int.Parse(Value("--inputs")!, CultureInfo.InvariantCulture));
if (only is not null)
{
    FuzzRun.One(Value("--target") ?? throw new ArgumentException("--only needs --target"), seed, int.Parse(only, CultureInfo.InvariantCulture));
    return 0;
}
return FuzzRun.All(Value("--target") is { } name ? [name] : FuzzTargets.Names, seed, int.Parse(Value("--inputs") ?? "1000000", CultureInfo.InvariantCulture));

string? Value(string option) => Array.IndexOf(args, option) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
