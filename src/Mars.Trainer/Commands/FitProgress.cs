using Mars.Trainer.Training;
using Spectre.Console;

namespace Mars.Trainer.Commands;

/// <summary>Shows a training: a table that grows by a row an epoch and a line for the running one; plain lines where the output is not a terminal.</summary>
internal sealed class FitProgress : IFitProgress, IDisposable
{
    private readonly bool _terminal = AnsiConsole.Profile.Out.IsTerminal;

    private FitProgress()
    {
        Console.WriteLine($"{"epoch",7} {"loss",8} {"clips",9} {"val loss",9} {"val videos",10} {"rate",9} {"clips/s",8} {"left",10}");
    }

    public static FitProgress Create() => new();

    public void BatchDone(int epoch, int batch, int batches, double loss)
    {
        if (!_terminal)
            return;
        var full = batch * 30 / batches;
        Console.Write($"\r\u001b[K{epoch,7} {loss,8:F4}  {new string('━', full)}{new string('╌', 30 - full)} {batch}/{batches}");
    }

    public void EpochDone(EpochReport report)
    {
        if (_terminal)
            Console.Write("\r\u001b[K");
        var validation = $"{report.ValidationLoss,9:F4} {report.ValidationAccuracy,10:P1}";
        var cells = $"{report.Epoch,7} {report.Loss,8:F4} {report.ClipAccuracy,9:P1} {validation} {report.Rate,9:G3} {report.ClipsPerSecond,8:F1} {report.Remaining,10:hh\\:mm\\:ss}";
        Console.WriteLine(report.Best ? $"{cells}  best" : cells);
    }

    public void Dispose()
    {
        if (_terminal)
            Console.Write("\r\u001b[K");
    }
}
