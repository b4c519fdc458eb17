using System.Text.Json;
using Mars.TestSupport;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using Mars.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Oracle;

/// <summary>The first four losses of every stream, against those of the authors' own code: a clip and its time reverse, labels 3 and 7, learning rate 0.01.</summary>
[Trait("Category", "training")]
[LargeNetworks]
public class OracleTrajectoryTests
{
    private const double Rate = 0.01;

    // The losses of two clips in training mode are so sensitive that rounding decides the later ones. The oracle's own software, Debian's PyTorch 1.13 in float32, was run
    // on the oracle's weights and clips with a network written from the paper, on another machine than the oracle's. The fourth loss of rgb, 0.4449 in the oracle, is 0.4282
    // there on one thread and 0.4289 on two, and 0.4169 to 0.4399 once the first weights are changed by half a unit in their last place (6e-8); that of flow, 0.06554, is
    // 0.06456; the cross-entropy of mars, 0.7285 and 0.5486 in the third and fourth step, is 0.7298 and 0.5403, and 0.6985 and 0.5622 with the weights so changed. What made
    // the oracle does not make it again within 1%, and no other program can be asked to.
    // What is compared: float32 in the steps that rounding leaves alone; float64, which is the same on every machine, with the oracle in all four steps, within 1% (the first 0.1%) but for six losses that rounding moves more,
    // and with PyTorch's own float64, where nothing is left to rounding, to a ten-thousandth.
    [Theory]
    [InlineData("rgb_ce")]
    [InlineData("flow_ce")]
    [InlineData("mars_alpha50_ce_and_50mse")]
    [InlineData("mers_step1_50mse")]
    [InlineData("mers_joint_ce_and_50mse")]
    public void FirstTwoSteps_InFloat32_AreTheAuthors(string name)
    {
        var (losses, expected) = (Trajectory(name, ScalarType.Float32, steps: 2), Expected(name));
        AssertWithin(0.001, expected[0], losses[0]);
        AssertWithin(0.02, expected[1], losses[1]);
    }

    [Theory]
    [InlineData("rgb_ce", 0.001, 0.01, 0.01, 0.045)]
    [InlineData("flow_ce", 0.001, 0.01)]
    [InlineData("mars_alpha50_ce_and_50mse", 0.001, 0.01, 0.03, 0.03)]
    [InlineData("mers_joint_ce_and_50mse", 0.001, 0.01)]
    public void Steps_InFloat64_ArePyTorchsAndTheOraclesUpToItsRounding(string name, params double[] spread) =>
        AssertSteps(name, spread, Trajectory(name, ScalarType.Float64, spread.Length));

    // The second step begins after four of the first; one batch more or less in its batch norms would make the second loss 2.5.
    [Fact]
    public void MersSteps_InFloat64_ArePyTorchsAndTheOraclesUpToItsRounding()
    {
        using var scope = NewDisposeScope();
        using var teacher = LoadTeacher(ScalarType.Float64);
        using var network = Load("rgb_depth14_legacy_cuda.pth", ScalarType.Float64);
        var clips = Clips(network.Shape, ScalarType.Float64);
        AssertSteps("mers_step1_50mse", [0.001, 0.01, 0.01, 0.01], Steps(network, new MersFeatureObjective(teacher), clips, l => [l.Distillation], 4));
        AssertSteps("mers_step2_ce", [0.003, 0.04, 0.01, 0.01], Steps(network, new MersClassifierObjective(), clips, l => [l.Classification], 4));
    }

    private static void AssertSteps(string name, double[] spread, double[][] losses)
    {
        var expected = Expected(name);
        for (var step = 0; step < spread.Length; step++)
        {
            AssertWithin(spread[step], expected[step], losses[step]);
            if (expected[step].Length == 2)
                AssertWithin(0.01, [expected[step][1]], [losses[step][1]]); // the distance to the teacher, which is less sensitive
            AssertWithin(1e-4, PyTorch[name][step], losses[step]);
        }
    }

    // The same run of Debian's PyTorch 1.13, in float64: its own convolutions, norms, losses and SGD.
    private static readonly Dictionary<string, double[][]> PyTorch = new()
    {
        ["rgb_ce"] = [[4.282556639897137], [1.322187747088624], [0.608262871466574], [0.42748852040484814]],
        ["flow_ce"] = [[3.8777562708108055], [0.7083623255329738], [0.1546637897008874], [0.06563535774600651]],
        ["mars_alpha50_ce_and_50mse"] =
            [[4.282556639897137, 36.07296861899694], [1.2794914905470889, 35.382335912843686], [0.7104793201832927, 34.433503398826254], [0.5343478034729736, 33.05918245439997]],
        ["mers_step1_50mse"] = [[36.07296861899694], [35.36227169366008], [34.78740134537202], [33.36087368358049]],
        ["mers_step2_ce"] = [[4.089519992248417], [1.083784249249681], [0.6625376098847724], [0.6323305528616145]],
        ["mers_joint_ce_and_50mse"] =
            [[4.282556639897137, 36.07296861899694], [1.2451984309518904, 35.36227169366008], [0.7241474660337744, 34.78740134537202], [0.6170252906615274, 33.36087368358049]],
    };

    private static void AssertWithin(double part, double[] expected, double[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], expected[i] * part);
    }

    private static double[][] Trajectory(string name, ScalarType arithmetic, int steps)
    {
        using var scope = NewDisposeScope();
        using var teacher = name.StartsWith('m') ? LoadTeacher(arithmetic) : null;
        using var network = Load(name == "flow_ce" ? "flow_depth14_zip.pth" : "rgb_depth14_legacy_cuda.pth", arithmetic);
        var clips = Clips(network.Shape, arithmetic);
        return name switch
        {
            "rgb_ce" => Steps(network, new ClassificationObjective(Modality.Rgb), clips, l => [l.Classification], steps),
            "flow_ce" => Steps(network, new ClassificationObjective(Modality.Flow), clips, l => [l.Classification], steps),
            "mars_alpha50_ce_and_50mse" => Steps(network, new MarsObjective(teacher!), clips, l => [l.Classification, l.Distillation], steps),
            "mers_step1_50mse" => Steps(network, new MersFeatureObjective(teacher!), clips, l => [l.Distillation], steps),
            _ => Steps(network, new MersJointObjective(teacher!), clips, l => [l.Classification, l.Distillation], steps),
        };
    }

    private static Teacher LoadTeacher(ScalarType arithmetic) => new(Load("flow_depth14_zip.pth", arithmetic), 50, DistillationPoint.AvgPool);

    private static double[][] Steps(ResNeXt3D network, IObjective objective, ClipTensors clips, Func<StepLosses, double[]> select, int steps)
    {
        using var optimizer = new MomentumSgd(network.named_parameters().Where(p => objective.Learns(p.name)).Select(p => (p.name, p.parameter)), 0.9, 0.9, 1e-3);
        objective.SetMode(network);
        var losses = new double[steps][];
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.ZeroGradients();
            losses[step] = select(objective.Backward(network, clips, 1));
            optimizer.Step(Rate);
        }
        return losses;
    }

    private static ResNeXt3D Load(string file, ScalarType arithmetic)
    {
        using var scope = NewDisposeScope();
        var network = AuthorsNetwork.Build(TorchCheckpoint.Read(SharedData.Oracle(file)), 16);
        network.to(arithmetic);
        network.Precision = arithmetic;
        return network;
    }

    private static ClipTensors Clips(NetworkShape shape, ScalarType arithmetic) => new(
        ClipInput.FromRgb(BothWays("clip_rgb_16x112x112x3_u8.bin"), 2, shape, CPU).to(arithmetic),
        ClipInput.FromFlow(BothWays("flow_clip_16x112x112x2_u8.bin"), 2, shape, CPU).to(arithmetic),
        tensor(new[] { 3L, 7L }));

    private static byte[] BothWays(string file)
    {
        var clip = File.ReadAllBytes(SharedData.Oracle(file));
        return [.. clip, .. clip.Chunk(clip.Length / 16).Reverse().SelectMany(f => f)];
    }

    private static double[][] Expected(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(SharedData.Oracle("expected.json")));
        return [.. json.RootElement.GetProperty("trajectories").GetProperty(name).EnumerateArray()
            .Select(step => step.ValueKind == JsonValueKind.Array ? step.EnumerateArray().Select(l => l.GetDouble()).ToArray() : [step.GetDouble()])];
    }
}
