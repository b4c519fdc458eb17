using System.Diagnostics;

namespace Mars.Fuzzing;

/// <summary>Runs targets, each in a process of its own: what kills that process is then a finding and not the end.</summary>
internal static class FuzzRun
{
    private const double HangSeconds = 10;
    private const double GrowthAllowed = 64e6; // bytes, from the first fifth to the end

    /// <summary>Runs targets one after another and prints a line for each. 0 if nothing was found.</summary>
    public static int All(IReadOnlyList<string> targets, int seed, int inputs)
    {
        var shares = targets.Sum(FuzzTargets.Share);
        var faults = 0;
        Console.WriteLine($"{"target",-12} {"inputs",10} {"refused",10} {"a second",9} {"slowest ms",11} {"growth MB",10}");
        foreach (var target in targets)
        {
            var count = Math.Max(1, (int)Math.Round(inputs * FuzzTargets.Share(target) / shares));
            using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
            {
                RedirectStandardError = true, // libjpeg and libpng say a line there for every broken picture
                ArgumentList = { typeof(FuzzRun).Assembly.Location, "--child", "--target", target, "--seed", $"{seed}", "--inputs", $"{count}" },
            })!;
            child.ErrorDataReceived += (_, _) => { };
            child.BeginErrorReadLine();
            child.WaitForExit();
            if (child.ExitCode == 0)
                continue;
            faults++;
            if (child.ExitCode != 1) // it was killed and could not tell
                Console.WriteLine($"{target}: the process died (exit code {child.ExitCode}) at input {Position(target)}: ./mars fuzz --target {target} --seed {seed} --only {Position(target)}");
        }
        Console.WriteLine(faults == 0 ? $"{inputs} inputs: no crash, no hang, no growth" : $"{faults} targets with faults");
        return faults == 0 ? 0 : 1;
    }

    /// <summary>Runs one target in this process.</summary>
    public static int Child(string name, int seed, int inputs)
    {
        using var target = FuzzTargets.Make(name);
        using var position = new FileStream(PositionFile(name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var (refused, slowest, slowestAt, current) = (0, 0.0, 0, 0);
        var started = Stopwatch.GetTimestamp();
        var inputStarted = started;
        using var watchdog = new Timer(_ =>
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref inputStarted)).TotalSeconds < HangSeconds)
                return;
            Console.WriteLine($"{name}: input {current} hangs: ./mars fuzz --target {name} --seed {seed} --only {current}");
            Environment.Exit(1);
        }, null, 1000, 1000);
        var (before, told) = (0L, started);
        for (current = 0; current < inputs; current++)
        {
            position.Position = 0;
            position.Write(BitConverter.GetBytes(current)); // the system has it even if this process dies at once
            var input = Mutator.Make(target.Samples, seed, current);
            Volatile.Write(ref inputStarted, Stopwatch.GetTimestamp());
            try
            {
                refused += target.Refuses(input) ? 1 : 0;
            }
            catch (Exception exception)
            {
                Console.WriteLine($"{name}: input {current} throws: ./mars fuzz --target {name} --seed {seed} --only {current}\n{exception}");
                return 1;
            }
            var took = Stopwatch.GetElapsedTime(inputStarted).TotalMilliseconds;
            (slowest, slowestAt) = took > slowest ? (took, current) : (slowest, slowestAt);
            if (current == inputs / 5)
                before = Environment.WorkingSet;
            if (!Console.IsOutputRedirected && Stopwatch.GetElapsedTime(told).TotalSeconds > 1)
            {
                told = Stopwatch.GetTimestamp();
                Console.Write($"\r{name,-12} {current,10} of {inputs} ");
            }
        }
        var growth = Environment.WorkingSet - before;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"{(Console.IsOutputRedirected ? string.Empty : "\r")}{name,-12} {inputs,10} {(double)refused / inputs,10:P1} {inputs / seconds,9:F0} {slowest,11:F0} {growth / 1e6,10:F1}");
        if (growth <= GrowthAllowed)
            return 0;
        Console.WriteLine($"{name}: memory has grown by {growth / 1e6:F0} MB");
        return 1;
    }

    /// <summary>One input again, without a net.</summary>
    public static void One(string name, int seed, int number)
    {
        using var target = FuzzTargets.Make(name);
        var input = Mutator.Make(target.Samples, seed, number);
        Console.WriteLine($"{input.Length} bytes: {Convert.ToHexString(input.AsSpan(0, Math.Min(64, input.Length)))}...");
        Console.WriteLine(target.Refuses(input) ? "refused" : "taken");
    }

    private static string PositionFile(string name) => Path.Combine(Path.GetTempPath(), $"mars-fuzz-{name}.position");

    private static int Position(string name) => BitConverter.ToInt32(File.ReadAllBytes(PositionFile(name)));
}
