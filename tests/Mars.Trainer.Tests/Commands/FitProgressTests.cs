using Mars.Trainer.Checkpoints;
using Mars.Trainer.Commands;
using Mars.Trainer.Networks;
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
        Assert.Contains("the teacher at 50", said[3], StringComparison.Ordinal); // after the third epoch: 11 points above
        Assert.True(File.Exists(_folder.File("curves.png")));
    }

    [Theory]
    [InlineData(null, 0.9)] // no teacher, or one of other classes
    [InlineData(0.85, 0.9)]
    public void EpochDone_NoTeacherOrAGoodOne_DoesNotWarn(double? teacher, double student) =>
        Assert.DoesNotContain(Say(teacher, student), l => l.Contains("warning", StringComparison.Ordinal));

    [Fact]
    public void EpochDone_ATeacherThatIsNeverRight_IsTheWeakestOfAll() => Assert.Contains(Say(0, 0.2), l => l.StartsWith("warning:", StringComparison.Ordinal));

    // The paper's comparison is with RGB: known before the student's first epoch where that stream lies beside it.
    [Theory]
    [InlineData(0.75, 0.51, true)]
    [InlineData(0.75, 0.70, false)]
    public void Warning_OfATeacherFarBelowTheRgbStreamBesideIt_IsGivenAtOnce(double rgb, double teacher, bool weak)
    {
        using var network = new ResNeXt3D(Tiny.Shape(2));
        var state = new RunState
        {
            Shape = network.Shape,
            Labels = ["a", "b"],
            Stream = "rgb",
            Epoch = 1,
            Schedule = new Dictionary<string, double>(),
            Metrics = new Dictionary<string, double> { ["validation_video_accuracy"] = rgb },
        };
        Directory.CreateDirectory(_folder.File("runs/rgb"));
        Checkpoint.Save(_folder.File("runs/rgb/last.safetensors"), network, new Dictionary<string, TorchSharp.torch.Tensor>(), state);
        Assert.Equal(rgb, WeakTeacher.RgbBeside(_folder.File("runs/mars/"), ["a", "b"]));
        Assert.Null(WeakTeacher.RgbBeside(_folder.File("runs/mars"), ["b", "a"]));
        Assert.Null(WeakTeacher.RgbBeside(_folder.File("elsewhere/mars"), ["a", "b"]));
        Assert.Equal(weak, WeakTeacher.Warning("RGB", rgb, teacher) is not null);
        Assert.Null(WeakTeacher.Warning("RGB", null, teacher));
        Assert.Null(WeakTeacher.Warning("RGB", rgb, null));
    }

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
