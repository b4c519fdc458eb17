using Mars.Trainer.Commands;
using Mars.Trainer.Training;

namespace Mars.Trainer.Tests.Commands;

public sealed class FitProgressTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TextWriter _console = Console.Out;

    public void Dispose()
    {
        Console.SetOut(_console);
        _folder.Dispose();
    }

    [Fact]
    public void EpochDone_StudentFarBetterThanItsTeacher_WarnsOnce()
    {
        var said = Say(teacher: 0.5, 0.3, 0.58, 0.61, 0.9);
        Assert.Equal(1, said.Count(l => l.StartsWith("warning:", StringComparison.Ordinal)));
        Assert.Contains("its teacher at 50", said[3], StringComparison.Ordinal); // after the third epoch: 11 points above
        Assert.True(File.Exists(_folder.File("curves.png")));
    }

    [Theory]
    [InlineData(null, 0.9)] // no teacher, or one of other classes
    [InlineData(0.85, 0.9)]
    public void EpochDone_NoTeacherOrAGoodOne_DoesNotWarn(double? teacher, double student) =>
        Assert.DoesNotContain(Say(teacher, student), l => l.Contains("warning", StringComparison.Ordinal));

    [Fact]
    public void EpochDone_ATeacherThatIsNeverRight_IsTheWeakestOfAll() => Assert.Contains(Say(0, 0.2), l => l.StartsWith("warning:", StringComparison.Ordinal));

    private List<string> Say(double? teacher, params double[] accuracies)
    {
        using var text = new StringWriter();
        Console.SetOut(text);
        var progress = new FitProgress(null, _folder.Path, teacher);
        for (var i = 0; i < accuracies.Length; i++)
        {
            var report = new EpochReport
            {
                Epoch = i + 1,
                Epochs = accuracies.Length,
                Trained = new TrainedEpoch(1, 2, 0.5, 10),
                ValidationLoss = 1,
                ValidationAccuracy = accuracies[i],
                Rate = 0.1,
                Remaining = TimeSpan.FromMinutes(1),
                Best = false,
            };
            EpochLog.Append(_folder.Path, report);
            progress.EpochDone(report);
        }
        return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
