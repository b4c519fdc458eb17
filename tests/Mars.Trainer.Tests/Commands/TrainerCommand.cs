using Mars.Trainer.Commands;

namespace Mars.Trainer.Tests.Commands;

/// <summary>A command line of the trainer, run in this process: a second or two less than a process of its own, each time.</summary>
internal static class TrainerCommand
{
    /// <summary>Runs it to its end, which must be a good one, and gives what it printed.</summary>
    public static Task<string> RunAsync(params string[] arguments) => EndsAsync(0, arguments);

    /// <summary>Runs it to its end, which must be an orderly refusal, and gives what it said.</summary>
    public static Task<string> FailAsync(params string[] arguments) => EndsAsync(1, arguments);

    private static async Task<string> EndsAsync(int status, string[] arguments)
    {
        var (ended, said) = await ConsoleCapture.RunAsync(() => CommandRunner.InvokeAsync(CommandTree.Create(), arguments));
        Assert.True(ended == status, $"exit code {ended} of {string.Join(' ', arguments)}: {said}");
        return said;
    }
}
