using Mars.Trainer.Reporting;
using Mars.Trainer.Training;
using Spectre.Console;

namespace Mars.Trainer.Commands;

/// <summary>Shows a training: a table that grows by a row an epoch, and a bar for the running one; the rows alone where the output is not a terminal.</summary>
internal sealed class FitProgress : IFitProgress
{
    private readonly ProgressTask? _bar;

    private readonly double? _teacherAccuracy;
    private bool _warned;

    private readonly string _run;

    /// <param name="bar">Of the running epoch; null where there is no terminal.</param>
    /// <param name="run">Folder of the run.</param>
    /// <param name="teacherAccuracy">Part of the validation videos that the teacher recognises; null without a teacher, or if it is not known.</param>
    public FitProgress(ProgressTask? bar, string run, double? teacherAccuracy) => (_bar, _run, _teacherAccuracy) = (bar, run, teacherAccuracy);

    /// <summary>Shows a training from its beginning to its end.</summary>
    /// <param name="run">Folder of the run: curves.png is drawn anew after each epoch.</param>
    /// <param name="teacherAccuracy">Part of the validation videos that the teacher recognises; null without a teacher, or if it is not known.</param>
    /// <param name="work">Is given whom to tell.</param>
    public static void Show(string run, double? teacherAccuracy, Action<IFitProgress> work)
    {
        Console.WriteLine($"{"epoch",5} {"loss",8} {"teacher",8} {"clips",8} {"val loss",9} {"val videos",10} {"rate",8} {"clips/s",7} {"left",8}");
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            work(new FitProgress(null, run, teacherAccuracy));
            return;
        }
        AnsiConsole.Progress().AutoClear(true).Columns(WorkProgress.Columns).Start(context => work(new FitProgress(context.AddTask("epoch"), run, teacherAccuracy)));
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
        var trained = report.Trained;
        var validation = $"{report.ValidationLoss,9:F4} {report.ValidationAccuracy,10:P1}";
        var cells = $"{report.Epoch,5} {trained.Classification,8:F4} {trained.Distillation,8:F4} {trained.Accuracy,8:P1} {validation} {report.Rate,8:G3} {trained.ClipsPerSecond,7:F1} {report.Remaining,8:hh\\:mm\\:ss}";
        Note(report.Best ? $"{cells}  best" : cells);
        TrainingCurves.Save(_run);
        if (_warned || WeakTeacher.Warning("the student", report.ValidationAccuracy, _teacherAccuracy) is not { } warning)
            return;
        _warned = true;
        Note(warning);
    }

    public void Note(string text)
    {
        if (_bar is null)
            Console.WriteLine(text);
        else
            AnsiConsole.WriteLine(text); // above the bar
    }
}
