using System.CommandLine;

namespace Mars.Trainer.Commands;

/// <summary>Runs a command line and turns what goes wrong into one line that says what to do next.</summary>
internal static class CommandRunner
{
    private const int Failed = 1;
    private const int Stopped = 130; // 128 + SIGINT, as shells have it

    public static async Task<int> InvokeAsync(Command root, string[] args)
    {
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
        try
        {
            return await root.Parse(args).InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped. Give the same command again to go on.");
            return Stopped;
        }
        catch (AggregateException e) when (e.InnerException is { } inner)
        {
            return Fail(inner);
        }
        catch (Exception e)
        {
            return Fail(e);
        }
    }

    /// <summary>Runs work that blocks on a thread of its own, so that Ctrl-C is heard.</summary>
    public static void SetWork(this Command command, Func<ParseResult, CancellationToken, int> work) =>
        command.SetAction((result, cancellation) => Task.Run(() => work(result, cancellation), CancellationToken.None));

    private static int Fail(Exception e)
    {
        var bug = e is not (IOException or InvalidDataException or UnauthorizedAccessException or InvalidOperationException or ArgumentException);
        Console.Error.WriteLine(bug ? $"error: {e.GetType().Name}: {e.Message}" : $"error: {e.Message}");
        if (bug && Environment.GetEnvironmentVariable("MARS_TRACE") is not null)
            Console.Error.WriteLine(e);
        return Failed;
    }
}
