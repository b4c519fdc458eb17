using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Objectives;
using Mars.Trainer.Training;

namespace Mars.Trainer.Tests.Training;

public sealed class FitterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FrameSet _set;

    public FitterTests()
    {
        _set = Tiny.Frames(_folder.Path, 4);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_StoppedAfterTwoEpochs_GoesOnToTheLossesOfAnUninterruptedRun()
    {
        var whole = Train("whole", epochs: 4);
        var first = Train("parts", epochs: 2);
        var second = Train("parts", epochs: 4);

        Assert.Equal(4, whole.Count);
        Assert.Equal([3, 4], second.Select(r => r.Epoch));
        Assert.Equal(whole.Select(r => (r.Trained.Classification, r.ValidationLoss, r.Rate)), first.Concat(second).Select(r => (r.Trained.Classification, r.ValidationLoss, r.Rate)));
        Assert.NotEqual(whole[2].Trained.Classification, whole[3].Trained.Classification);
    }

    [Fact]
    public void Run_CancelledInTheMiddleOfAnEpoch_LeavesTheLastEpochsCheckpoint()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Reports { OnBatch = epoch => CancelAt(epoch, 2) };
        Assert.ThrowsAny<OperationCanceledException>(() => Train("cancelled", 4, progress, stop.Token));
        using var checkpoint = Checkpoint.Load(_folder.File("cancelled/last.safetensors"));
        Assert.Equal(1, checkpoint.State.Epoch);
        Assert.False(File.Exists(_folder.File("cancelled/last.safetensors.new")));

        void CancelAt(int epoch, int at)
        {
            if (epoch == at)
                stop.Cancel();
        }
    }

    [Fact]
    public void Run_OnTwoClassesThatDifferInBrightness_LearnsThem()
    {
        var reports = Train("learns", epochs: 6, rate: 0.2);
        Assert.True(reports[^1].Trained.Classification < 0.3 && reports[0].Trained.Classification > 0.5, $"{reports[0].Trained} to {reports[^1].Trained}");
        Assert.True(File.Exists(_folder.File("learns/best.safetensors")));
        Assert.Equal(7, File.ReadAllLines(_folder.File("learns/log.csv")).Length);
    }

    [Fact]
    public void SecondFitter_OnTheSameRun_IsRefusedWhileTheFirstIsThere()
    {
        using (Make("shared", new FitOptions()))
        {
            var error = Assert.Throws<IOException>(() => Make("shared", new FitOptions()));
            Assert.Contains("another process is training", error.Message, StringComparison.Ordinal);
        }
        Make("shared", new FitOptions()).Dispose();
    }

    private Fitter Make(string run, FitOptions options)
    {
        var state = new RunState { Shape = Tiny.Shape(2), Labels = _set.Labels, Stream = "rgb", Epoch = 0, Schedule = new Dictionary<string, double>() };
        return new Fitter(_folder.File(run), state, [new FitPhase(new ClassificationObjective(Modality.Rgb), 0, options.Epochs)], null, null, _set, _set, new FrameCache(1 << 20), options);
    }

    private List<EpochReport> Train(string run, int epochs, Reports? progress = null, CancellationToken? cancellation = null, double rate = 0.02)
    {
        progress ??= new Reports();
        var options = new FitOptions { Epochs = epochs, BatchSize = 4, LearningRate = rate, ClipsPerVideo = 2, Patience = 1, Workers = 2 };
        using var fitter = Make(run, options);
        fitter.Run(progress, cancellation ?? TestContext.Current.CancellationToken);
        return progress.All;
    }
}
