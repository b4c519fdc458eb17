using Mars.Trainer.Training;
using Spectre.Console;

namespace Mars.Trainer.Commands;

/// <summary>Shows a training: a table that grows by a row an epoch, and a bar for the running one; the rows alone where the output is not a terminal.</summary>
internal sealed class FitProgress : IFitProgress
{
    private readonly ProgressTask? _bar;

    private FitProgress(ProgressTask? bar) => _bar = bar;

    public static void Show(Action<IFitProgress> work)
    {
        Console.WriteLine($"{"epoch",5} {"loss",8} {"clips",8} {"val loss",9} {"val videos",10} {"rate",8} {"clips/s",7} {"left",8}");
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            work(new FitProgress(null));
            return;
        }
        AnsiConsole.Progress().AutoClear(true).Columns(WorkProgress.Columns).Start(context => work(new FitProgress(context.AddTask("epoch"))));
    }

    public void BatchDone(int epoch, int batch, int batches, double loss)
    {
        if (_bar is null)
            return;
        _bar.Description = $"epoch {epoch}, loss {loss:F4}";
        _bar.MaxValue = batches;
        _bar.Value = batch;
    }

    public void EpochDone(EpochReport report)
    {
        var validation = $"{report.ValidationLoss,9:F4} {report.ValidationAccuracy,10:P1}";
        var cells = $"{report.Epoch,5} {report.Loss,8:F4} {report.ClipAccuracy,8:P1} {validation} {report.Rate,8:G3} {report.ClipsPerSecond,7:F1} {report.Remaining,8:hh\\:mm\\:ss}";
        var row = report.Best ? $"{cells}  best" : cells;
        if (_bar is null)
            Console.WriteLine(row);
        else
            AnsiConsole.WriteLine(row); // above the bar
    }
}
