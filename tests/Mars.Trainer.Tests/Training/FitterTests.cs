using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using Mars.Trainer.Training;

namespace Mars.Trainer.Tests.Training;

[Trait("Category", "training")]
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
        Assert.True(reports[^1].Trained.Classification < 0.5 * reports[0].Trained.Classification, $"{reports[0].Trained} to {reports[^1].Trained}");
        using var best = Checkpoint.Load(_folder.File("learns/best.safetensors"));
        Assert.Equal(reports.MinBy(r => r.ValidationLoss)!.Epoch, best.State.Epoch);
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

    // Given again, a training that ended early must not go on, be it by one epoch a time.
    [Fact]
    public void Run_ThatStoppedEarly_EndsAtOnceWhenItIsGivenAgain()
    {
        var options = new FitOptions { Epochs = 50, BatchSize = 4, LearningRate = 1e-12, EarlyStop = 2 };
        var first = Run();
        Assert.InRange(first.All.Count, 2, 20);
        var second = Run();
        Assert.Empty(second.All);
        Assert.Contains("has not improved for 2 epochs", Assert.Single(second.Notes), StringComparison.Ordinal);

        Reports Run()
        {
            var progress = new Reports();
            using var fitter = Make("early", options);
            fitter.Run(progress, TestContext.Current.CancellationToken);
            return progress;
        }
    }

    [Fact]
    public void Fitter_OnARunOfAnotherNetworkStreamOrLabels_IsRefused()
    {
        Train("there", epochs: 1);
        Refused(State(Tiny.Shape(2) with { Blocks = [1, 1, 2, 1] }), "another network (14 layers");
        Refused(State(Tiny.Shape(2)) with { Stream = "mars" }, "stream rgb");
        Refused(State(Tiny.Shape(2)) with { Labels = [.. _set.Labels.Reverse()] }, "other labels");
        Refused(Options(("--alpha", "50"), ("--lr", "0.02")), "--alpha left out and not 50");
        Train("there", epochs: 2);

        RunState Options(params (string Name, string Value)[] options) => State(Tiny.Shape(2)) with { Options = options.ToDictionary(o => o.Name, o => o.Value) };

        void Refused(RunState state, string reason)
        {
            var message = Assert.Throws<InvalidDataException>(() => Make("there", new FitOptions(), state)).Message;
            Assert.Contains(reason, message, StringComparison.Ordinal);
        }
    }

    // A longer training of the same kind is wanted often; only a cosine is another one from its first step on.
    [Theory]
    [InlineData("--alpha", "50", "5", true)]
    [InlineData("--teacher", "flow", "flow2", true)]
    [InlineData("--joint", "", "True", true)]
    [InlineData("--teacher", "RUNS/flow", "moved/flow/", false)]
    [InlineData("--epochs", "10", "20", false)]
    [InlineData("--data", "here", "there", false)]
    [InlineData("--threads", "1", "2", false)]
    public void Difference_OfOptions_IsWhatMakesAnotherTraining(string option, string before, string now, bool differs)
    {
        var reason = RunState.Difference(Of(before), Of(now));
        Assert.Equal(differs, reason is not null);
        if (differs)
            Assert.StartsWith(option, reason, StringComparison.Ordinal);

        Dictionary<string, string> Of(string value)
        {
            var options = new Dictionary<string, string> { ["--lr-schedule"] = "plateau" };
            if (value.Length > 0)
                options[option] = value;
            return options;
        }
    }

    [Fact]
    public void Difference_OfTheLengthOfACosine_IsAnotherTraining() => Assert.Equal("--epochs 10 and not 20", RunState.Difference(
        new Dictionary<string, string> { ["--lr-schedule"] = "cosine", ["--epochs"] = "10" }, new Dictionary<string, string> { ["--lr-schedule"] = "cosine", ["--epochs"] = "20" }));

    // Where the second step of MERS begins depends on the epochs of the first.
    [Fact]
    public void Difference_OfTheLengthOfMersFirstStep_IsAnotherTraining()
    {
        Assert.Equal("--epochs 10 and not 20", RunState.Difference(Mers("10"), Mers("20")));
        Assert.Null(RunState.Difference(Mers("10", joint: true), Mers("20", joint: true)));

        static Dictionary<string, string> Mers(string epochs, bool joint = false)
        {
            var options = new Dictionary<string, string> { ["--stream"] = "mers", ["--epochs"] = epochs };
            if (joint)
                options["--joint"] = "True";
            return options;
        }
    }

    [Theory]
    [InlineData("frames", null, null, true)]
    [InlineData("frames/", null, null, true)]
    [InlineData("frames", 1, null, true)] // one fold was left out, all are tested
    [InlineData("frames", 1, 2, true)]
    [InlineData("frames", 1, 1, false)]
    [InlineData("others", null, null, false)]
    public void LearntFrom_WhatItIsTestedOn_IsKnown(string tested, int? leftOut, int? fold, bool learnt)
    {
        var options = new Dictionary<string, string> { ["--data"] = "frames" };
        if (leftOut is not null)
            options["--test-fold"] = $"{leftOut}";
        Assert.Equal(learnt, (State(Tiny.Shape(2)) with { Options = options }).LearntFrom(tested, fold));
    }

    // A run killed between its log and its checkpoint writes the row again; one killed while it wrote must not stop the drawing of curves for good.
    [Fact]
    public void Log_WithRowsThatAKilledRunLeft_TakesTheNewOnesInTheirPlace()
    {
        Train("log", epochs: 2);
        var path = _folder.File("log/log.csv");
        var rows = File.ReadAllLines(path);
        File.WriteAllText(path, string.Join('\n', [.. rows, "3,0.1,0,0.5,0.2,0.5,0.02,9.0", "4,0.1,"]));
        Train("log", epochs: 3);
        Assert.Equal(rows, File.ReadLines(path).Take(3));
        Assert.Equal([1, 2, 3], EpochLog.Read(_folder.File("log"))["epoch"]);
        Assert.NotEqual(0.1, EpochLog.Read(_folder.File("log"))["loss"][2]);
    }

    private RunState State(NetworkShape shape) => new() { Shape = shape, Labels = _set.Labels, Stream = "rgb", Epoch = 0, Schedule = new Dictionary<string, double>() };

    private Fitter Make(string run, FitOptions options, RunState? state = null)
    {
        return new Fitter(_folder.File(run), state ?? State(Tiny.Shape(2)), [new FitPhase(new ClassificationObjective(Modality.Rgb), 0, options.Epochs)], null, null, _set, _set, new FrameCache(1 << 20), options);
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
