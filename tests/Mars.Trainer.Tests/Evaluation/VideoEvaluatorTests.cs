using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Networks;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Evaluation;

public class VideoEvaluatorTests
{
    [Fact]
    public void Result_FromItsConfusions_GivesTheAccuracies()
    {
        var result = new EvaluationResult(["a", "b|c"], new[,] { { 3, 1 }, { 2, 4 } }, 10, 20, 11, 0.5);
        Assert.Equal(0.7, result.VideoAccuracy, 1e-9);
        Assert.Equal(0.55, result.ClipAccuracy, 1e-9);
        Assert.Equal(0.75, result.AccuracyOf(0), 1e-9);
        Assert.Contains("| b\\|c | 2 | 4 | 67% |", ResultMarkdown.Write(result), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WithALastLayerThatKnowsOneAnswer_CountsClipsAndVideos()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var set = Tiny.Frames(folder.Path, 2, framesPerVideo: 35); // two clips each
        using var network = new ResNeXt3D(Tiny.Shape(2));
        using (no_grad())
        {
            network.Fc.weight!.zero_();
            network.Fc.bias!.copy_(tensor(new[] { 0f, 1f })); // always "dark"
        }
        var result = new VideoEvaluator(new FrameCache(1 << 20), 3, 2, CPU).Run(network, set, new EvaluationOptions(), null, TestContext.Current.CancellationToken);
        Assert.Equal((8, 4, 4), (result.Clips, result.RightClips, result.Videos));
        Assert.Equal(2, result.Confusion[0, 1]);
        Assert.Equal(2, result.Confusion[1, 1]);
        // cross-entropy of logits (0, 1): ln(1 + e) for class 0, ln(1 + 1/e) for class 1
        Assert.Equal((Math.Log(1 + Math.E) + Math.Log(1 + (1 / Math.E))) / 2, result.Loss, 1e-5);
    }
}
