using System.Diagnostics;
using Spectre.Console;

namespace Mars.Trainer.Commands;

/// <summary>How far a long work is, with an estimate of the time left: a bar on a terminal, a line every tenth elsewhere.</summary>
internal static class WorkProgress
{
    /// <summary>The columns of every bar.</summary>
    public static ProgressColumn[] Columns =>
        [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn { Style = Style.Plain }, new SpinnerColumn()];

    /// <param name="what">Things that are counted, in the plural.</param>
    /// <param name="work">Is given what to call with (done, all), from any thread.</param>
    public static T Show<T>(string what, Func<Action<int, int>, T> work)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
            return work(Lines(what));
        return AnsiConsole.Progress().AutoClear(true).Columns(Columns).Start(context =>
        {
            var bar = context.AddTask(what);
            return work((done, all) =>
            {
                bar.MaxValue = all;
                bar.Value = Math.Max(bar.Value, done); // threads may report out of order
                bar.Description = $"{what} {done}/{all}";
            });
        });
    }

    private static Action<int, int> Lines(string what)
    {
        var gate = new Lock();
        int tenth = -1, first = -1; // the first report tells what was done before
        var clock = Stopwatch.StartNew();
        return (done, all) =>
        {
            lock (gate)
            {
                if (all == 0 || (10 * done / all) <= tenth)
                    return;
                tenth = 10 * done / all;
                first = first < 0 ? done : first;
                Console.WriteLine(done == first || done == all ? $"{what} {done}/{all}" : $"{what} {done}/{all}, about {clock.Elapsed / (done - first) * (all - done):hh\\:mm\\:ss} left");
            }
        };
    }
}
