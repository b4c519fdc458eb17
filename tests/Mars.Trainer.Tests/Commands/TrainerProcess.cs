using System.Diagnostics;

namespace Mars.Trainer.Tests.Commands;

/// <summary>The trainer as people start it: a process of its own, which can be killed.</summary>
internal sealed class TrainerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private TrainerProcess(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Mars.Trainer.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "de_DE.UTF-8"; // a decimal comma, where that locale is installed
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts it and goes on.</summary>
    public static TrainerProcess Start(params string[] arguments) => new(arguments);

    /// <summary>Runs it to its end, which must be a good one, and gives what it printed.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        using var trainer = new TrainerProcess(arguments);
        await trainer._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(trainer._process.ExitCode == 0, await trainer._errors);
        return await trainer._output;
    }

    /// <summary>Runs it to its end, which must be an orderly refusal, and gives what it said.</summary>
    public static async Task<string> FailAsync(params string[] arguments)
    {
        using var trainer = new TrainerProcess(arguments);
        await trainer._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, trainer._process.ExitCode);
        return await trainer._output + await trainer._errors;
    }

    /// <summary>Kills it (SIGKILL) as soon as something is so.</summary>
    public async Task KillWhenAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.False(_process.HasExited, "it ended before it could be killed");
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), "nothing came");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
