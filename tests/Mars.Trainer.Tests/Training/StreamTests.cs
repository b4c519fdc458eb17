using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using Mars.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Training;

/// <summary>What each stream changes in its network, and what it must leave alone.</summary>
[Trait("Category", "training")]
public sealed class StreamTests : IDisposable
{
    // Two steps each. A norm's statistics move a tenth of the way with a step, and what is tested on them must have forgotten where they began.
    private const int Epochs = 24;

    private readonly TemporaryFolder _folder = new();
    private readonly FrameSet _set;
    private readonly FrameSet _validation;
    private readonly Teacher _teacher;

    public StreamTests()
    {
        _set = Tiny.Frames(_folder.Path, 4, flow: true);
        _validation = _set.Where(v => v.Video.EndsWith("/0", StringComparison.Ordinal));
        _teacher = new Teacher(Tiny.Trained(Tiny.Shape(2) with { InputChannels = 2 }), 50, DistillationPoint.AvgPool);
    }

    public void Dispose()
    {
        _teacher.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mers_AsItTrains_ComesNearerToItsTeacherAndLearnsItsLastLayer(bool joint)
    {
        var reports = joint
            ? Fit("mers", new() { Epochs = Epochs }, new MersJointObjective(_teacher))
            : Fit("mers", new() { Epochs = Epochs, ClassifierEpochs = 3 }, new MersFeatureObjective(_teacher), new MersClassifierObjective());
        var distances = reports.Select(r => r.Trained.Distillation).Where(d => d > 0).ToList();
        Assert.Equal(Epochs, distances.Count);
        Assert.True(distances[^1] < 0.7 * distances[0], $"{distances[0]} to {distances[^1]}");
        Assert.True(reports[^1].Trained.Classification < 0.69, string.Join('\n', reports));
    }

    [Fact]
    public void Mers_SecondStep_ChangesTheLastLayerAndNothingElse()
    {
        Fit("mers", new() { Epochs = 2, ClassifierEpochs = 0 }, new MersFeatureObjective(_teacher));
        using var before = Checkpoint.Load(_folder.File("mers/last.safetensors"));
        Fit("mers", new() { Epochs = 2, ClassifierEpochs = 2 }, new MersFeatureObjective(_teacher), new MersClassifierObjective());
        using var after = Checkpoint.Load(_folder.File("mers/last.safetensors"));
        Assert.Equal(["fc.bias", "fc.weight"], Changed(before.Network, after.Network));
    }

    [Fact]
    public void Mars_AsItTrains_LearnsBothAndLeavesItsTeacherAlone()
    {
        using var copy = new ResNeXt3D(_teacher.Network.Shape);
        copy.load_state_dict(_teacher.Network.state_dict());
        var reports = Fit("mars", new() { Epochs = Epochs }, new MarsObjective(_teacher));
        Assert.True(reports[^1].Trained.Distillation < 0.7 * reports[0].Trained.Distillation, $"{reports[0].Trained} to {reports[^1].Trained}");
        Assert.True(reports[^1].Trained.Classification < 0.69, $"{reports[^1].Trained}");
        Assert.Empty(Changed(copy, _teacher.Network));
    }

    [Theory]
    [InlineData("layer4", 50)]
    [InlineData("layer3", 50)]
    [InlineData("logits", 1)]
    public void Mars_ComparedElsewhere_TrainsToo(string layer, double alpha)
    {
        using var teacher = new Teacher(new ResNeXt3D(_teacher.Network.Shape), alpha, Enum.Parse<DistillationPoint>(layer, ignoreCase: true));
        var reports = Fit(layer, new() { Epochs = 6 }, new MarsObjective(teacher));
        Assert.True(reports[^1].Trained.Distillation < reports[0].Trained.Distillation);
    }

    [Fact]
    public void Flow_OfTwoDirections_IsLearnt()
    {
        var state = State(Tiny.Shape(2) with { InputChannels = 2 }, "flow");
        var reports = Fit("flow", new() { Epochs = 6, LearningRate = 0.2 }, state, null, new ClassificationObjective(Modality.Flow));
        Assert.True(reports[^1].Trained.Classification < 0.3, $"{reports[^1].Trained}");
    }

    [Fact]
    public void Teacher_ThatSeesPictures_IsRefused()
    {
        using var network = new ResNeXt3D(Tiny.Shape(2));
        Assert.Throws<ArgumentException>(() => new Teacher(network, 50, DistillationPoint.AvgPool));
    }

    [Fact]
    public void Finetuning_FromLayer4_ChangesNoEarlierWeight()
    {
        using var first = new ResNeXt3D(Tiny.Shape(3));
        Fit("tuned", new() { Epochs = 1, FinetuneFrom = "layer4" }, State(Tiny.Shape(2), "rgb"), new NamedNetwork(first, null), new ClassificationObjective(Modality.Rgb));
        using var after = Checkpoint.Load(_folder.File("tuned/last.safetensors"));
        var weights = Changed(first, after.Network).Where(n => n.EndsWith("weight", StringComparison.Ordinal) || n.EndsWith("bias", StringComparison.Ordinal)).ToList();
        Assert.Contains("layer4.0.conv2.weight", weights);
        Assert.All(weights, n => Assert.True(n.StartsWith("layer4.", StringComparison.Ordinal) || n.StartsWith("fc.", StringComparison.Ordinal), n));
    }

    [Fact]
    public void Pretrained_OfAnotherDepth_IsRefusedByName()
    {
        using var other = new ResNeXt3D(Tiny.Shape(2) with { Blocks = [1, 1, 1, 2] });
        using var network = new ResNeXt3D(Tiny.Shape(2) with { Planes = [8, 8, 16, 16] });
        var error = Assert.Throws<InvalidDataException>(() => InitialWeights.Apply(network, ["a", "b"], new NamedNetwork(other, null)));
        Assert.Contains("layer3.0.conv1.weight", error.Message, StringComparison.Ordinal);
    }

    // As many classes are not the same classes: the authors draw the last layer anew always, and what belongs to one label would be another's.
    [Fact]
    public void Pretrained_OfOtherLabels_KeepsAllButTheLastLayer()
    {
        using var first = new ResNeXt3D(Tiny.Shape(2));
        Assert.Empty(Taken(["bright", "dark"]));
        string[] last = ["fc.bias", "fc.weight"];
        Assert.Equal(last, Taken(["dark", "bright"]));
        Assert.Equal(last, Taken(null));

        List<string> Taken(string[]? labels)
        {
            using var network = new ResNeXt3D(Tiny.Shape(2));
            InitialWeights.Apply(network, ["bright", "dark"], new NamedNetwork(first, labels));
            return Changed(first, network);
        }
    }

    // Of a frozen network (second step of MERS) a batch's gradient is the sum of its parts'.
    [Fact]
    public void Accumulated_Parts_MakeTheStepOfTheWholeBatch()
    {
        var whole = Fit("whole", new() { Epochs = 2, BatchSize = 6 }, new MersClassifierObjective());
        var parts = Fit("parts", new() { Epochs = 2, BatchSize = 6, Accumulate = 3 }, new MersClassifierObjective());
        Assert.Equal(whole[^1].ValidationLoss, parts[^1].ValidationLoss, 1e-4);
        Assert.NotEqual(whole[0].ValidationLoss, whole[1].ValidationLoss);
    }

    // bfloat16 keeps eight bits: a number changes by up to 2^-8 of itself, and every layer adds its own. How they add up depends on the processor (each rounds its sums in
    // another place), so that the bound is a multiple of one rounding: a half-written path differs by as much as the values are.
    [Fact]
    public void BFloat16_OnTheSameClip_RoundsAndNoMore()
    {
        const double Epsilon = 1.0 / 256;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(4);
        using var network = Tiny.Trained(Tiny.Shape(2));
        var clip = randn([2, 3, 16, 32, 32]).mul_(60);
        network.eval();
        var exact = network.forward(clip).Features;
        network.Precision = ScalarType.BFloat16;
        var rounded = network.forward(clip).Features;
        Assert.Equal(ScalarType.Float32, rounded.dtype);
        var error = ((exact - rounded).norm() / exact.norm()).ToDouble();
        Assert.InRange(error, Epsilon / 100, 2 * 14 * Epsilon); // at most two roundings a layer, all in one direction
    }

    // The same steps from the same first weights go the same way.
    [Fact]
    public void BFloat16_AsItTrains_ChangesTheWeightsAsFloat32Does()
    {
        using var scope = NewDisposeScope();
        var (exact, exactLoss) = Change("exact", bfloat16: false);
        var (rounded, roundedLoss) = Change("rounded", bfloat16: true);
        Assert.InRange(roundedLoss / exactLoss, 0.8, 1.25);
        var cosine = (exact.dot(rounded) / (exact.norm() * rounded.norm())).ToDouble();
        Assert.InRange(cosine, 0.4, 0.999999); // 0 where the gradients are of something else; not 1: it did round

        (Tensor Change, double Loss) Change(string run, bool bfloat16)
        {
            var options = new FitOptions { Epochs = 1, BFloat16 = bfloat16, LearningRate = 1e-4 };
            manual_seed(options.Seed); // as Fitter draws its first weights
            using var before = new ResNeXt3D(Tiny.Shape(2));
            var report = Assert.Single(Fit(run, options, new ClassificationObjective(Modality.Rgb)));
            using var after = Checkpoint.Load(_folder.File($"{run}/last.safetensors"));
            return (cat([.. before.named_parameters().Zip(after.Network.named_parameters(), (b, a) => (a.parameter - b.parameter).detach().flatten())]), report.Trained.Classification);
        }
    }

    [Fact]
    public void EarlyStop_WithoutImprovement_EndsTheTraining()
    {
        var reports = Fit("early", new() { Epochs = 50, LearningRate = 1e-9, EarlyStop = 2 }, new MersClassifierObjective());
        Assert.InRange(reports.Count, 2, 20);
    }

    // Native memory is not seen by the garbage collector: what an epoch leaves undisposed stays for good.
    [Fact]
    public void Epochs_MoreOfThem_LeaveNoMoreTensors()
    {
        Fit("warm", new() { Epochs = 1 }, new MarsObjective(_teacher));
        var few = Leaves("few", 2);
        var many = Leaves("many", 6);
        Assert.Equal(few, many);

        long Leaves(string run, int epochs)
        {
            DisposeScopeManager.Statistics.Reset();
            Fit(run, new() { Epochs = epochs }, new MarsObjective(_teacher));
            return DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        }
    }

    private static List<string> Changed(ResNeXt3D before, ResNeXt3D after)
    {
        using var scope = NewDisposeScope();
        var old = before.state_dict();
        return [.. after.state_dict().Where(t => !t.Value.shape.SequenceEqual(old[t.Key].shape) || t.Value.ne(old[t.Key]).any().ToBoolean()).Select(t => t.Key).Order(StringComparer.Ordinal)];
    }

    private RunState State(NetworkShape shape, string stream) =>
        new() { Shape = shape, Labels = _set.Labels, Stream = stream, Epoch = 0, Schedule = new Dictionary<string, double>() };

    private List<EpochReport> Fit(string run, FitOptions options, params IObjective[] objectives) => Fit(run, options, State(Tiny.Shape(2), run), null, objectives);

    private List<EpochReport> Fit(string run, FitOptions options, RunState state, NamedNetwork? initial, params IObjective[] objectives)
    {
        options = options with { BatchSize = Math.Min(options.BatchSize, 8), ClipsPerVideo = 2, LearningRate = options.LearningRate == 0.1 ? 0.02 : options.LearningRate };
        var phases = objectives.Select((o, i) => new FitPhase(o, i == 0 ? 0 : options.Epochs, i == 0 ? options.Epochs : options.ClassifierEpochs)).ToList();
        using var fitter = new Fitter(_folder.File(run), state, phases, _teacher, initial, _set, _validation, new FrameCache(1 << 20), options);
        var progress = new Reports();
        fitter.Run(progress, TestContext.Current.CancellationToken);
        return progress.All;
    }
}
