using Mars.Trainer.Evaluation;
using Mars.Trainer.Networks;
using Mars.Trainer.Reporting;
using Mars.Trainer.Training;
using OpenCvSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Reporting;

public sealed class ReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_ForTwoSeeds_GivesThePapersRowsWithMeanAndDeviation()
    {
        // Of ten videos rgb has 6 and 8, mars 8 and 8, flow 7 and 9; mers was trained for one seed only.
        Experiment[] experiments = [Experiment(("rgb", 6), ("mars", 8), ("flow", 7), ("mers", 7), ("mars-weak", 5), ("mars-strong", 6), ("mars-early", 9)), Experiment(("rgb", 8), ("mars", 8), ("flow", 9))];
        ReportWriter.Write(_folder.File("out"), "A <test>", "Nothing was trained.", ["./mars train fit"], experiments, [("maps-1.png", "walk/<1>")]);
        var markdown = File.ReadAllText(_folder.File("out/report.md"));
        Assert.Contains("| RGB | 70.0 ± 14.1 |", markdown, StringComparison.Ordinal);
        Assert.Contains("| MARS | 80.0 ± 0.0 |", markdown, StringComparison.Ordinal);
        foreach (var row in new[] { "Flow", "MARS+RGB", "RGB+Flow", "MARS+Flow", "MARS+RGB+Flow" })
            Assert.Contains($"| {row} | ", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("| MERS |", markdown, StringComparison.Ordinal);
        Assert.Contains("| alpha | videos |\n| --- | ---: |\n| 5 | 50.0 |\n| 50 | 80.0 |\n| 200 | 60.0 |\n\n", markdown, StringComparison.Ordinal);
        Assert.Contains("| layer | videos |\n| --- | ---: |\n| avgpool | 80.0 |\n| layer3 | 90.0 |\n\n", markdown, StringComparison.Ordinal);
        Assert.Contains("| RGB | 70.0 ± 14.1 | 50.0 ± 0.0 |", markdown, StringComparison.Ordinal);
        Assert.Contains("<!-- not run: hours of training -->\n```bash\n./mars train fit\n```\n", markdown, StringComparison.Ordinal);
        Assert.Contains("![walk/<1>](maps-1.png)", markdown, StringComparison.Ordinal);
        var html = File.ReadAllText(_folder.File("out/report.html"));
        Assert.Contains("A &lt;test&gt;", html, StringComparison.Ordinal);
        Assert.Contains("<img src=\"maps-1.png\" alt=\"walk/&lt;1&gt;\">", html, StringComparison.Ordinal);
        foreach (var picture in new[] { "streams.png", "static.png", "gains.png", "alpha.png", "layer.png" })
        {
            using var image = Cv2.ImRead(_folder.File($"out/{picture}"));
            Assert.True(image.Width > 500 && image.CvtColor(ColorConversionCodes.BGR2GRAY).MinMaxDynamic() > 100, picture);
        }
    }

    [Fact]
    public void Curves_OfALog_AreDrawn()
    {
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            EpochLog.Append(_folder.Path, new EpochReport
            {
                Epoch = epoch,
                Epochs = 3,
                Trained = new TrainedEpoch(2.0 / epoch, 0, 0.2 * epoch, 10),
                ValidationLoss = 2.1 / epoch,
                ValidationAccuracy = 0.2 * epoch,
                Rate = 0.1,
                Remaining = TimeSpan.Zero,
                Best = true,
            });
        }
        TrainingCurves.Save(_folder.Path);
        using var image = Cv2.ImRead(_folder.File(TrainingCurves.FileName));
        Assert.Equal((1000, 800), (image.Width, image.Height));
    }

    // What makes the map one: its mean is the logit without the bias.
    [Fact]
    public void ActivationMap_OfAClass_HasTheLogitAsItsMean()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNeXt3D(Tiny.Shape(3) with { Size = 64 });
        network.eval();
        var clip = randn([1, 3, 16, 64, 64]);
        var logits = network.forward(clip).Logits[0];
        for (var c = 0; c < 3; c++)
        {
            var (map, shown) = ActivationMaps.Compute(network, clip, c);
            Assert.Equal(c, shown);
            Assert.Equal([1L, 2, 2], map.shape);
            Assert.Equal((logits[c] - network.Fc.bias![c]).ToSingle(), map.mean().ToSingle(), 1e-4);
        }
        using var strip = ActivationMaps.Draw(new byte[16 * 64 * 64 * 3], 64, ActivationMaps.Compute(network, clip, null).Map);
        Assert.Equal((64 * 8, 64), (strip.Width, strip.Height));
    }

    private static Experiment Experiment(params (string Name, int Right)[] streams) =>
        new("x", streams.ToDictionary(s => s.Name, s => s.Name.StartsWith("mars", StringComparison.Ordinal)
            ? new StreamRun(s.Name, Scores(s.Right), Scores(5), s.Name switch { "mars-weak" => 5, "mars-strong" => 200, _ => 50 }, s.Name == "mars-early" ? "layer3" : "avgpool")
            : new StreamRun(s.Name, Scores(s.Right), Scores(5))));

    private static VideoScores Scores(int right)
    {
        var videos = Enumerable.Range(0, 10).Select(i =>
        {
            var truth = i % 2;
            float[] logits = i < right ? [1 - truth, truth] : [truth, 1 - truth];
            return new ScoredVideo($"{i}", truth, [logits], logits);
        });
        return new VideoScores(["x", "y"], [.. videos]);
    }
}

file static class Pictures
{
    /// <summary>Difference of the lightest and the darkest pixel.</summary>
    public static double MinMaxDynamic(this Mat grey)
    {
        grey.MinMaxLoc(out double low, out double high);
        return high - low;
    }
}
