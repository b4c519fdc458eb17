using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Evaluation;

public class VideoScoresTests
{
    [Fact]
    public void Sum_OfTwoStreams_IsTheMeanOfTheirLogitsAndOfTheClipsBothHave()
    {
        var rgb = Scores(("a", 0, [[2f, 1f], [0f, 3f], [1f, 1f]]), ("b", 1, [[0f, 1f]]), ("only here", 1, [[0f, 1f]]));
        var flow = Scores(("b", 1, [[0f, 3f]]), ("a", 0, [[2f, 5f], [4f, 1f]]));
        var sum = VideoScores.Sum([rgb, flow]);
        Assert.Equal(["a", "b"], sum.Videos.Select(v => v.Video));
        Assert.Equal([[2f, 3f], [2f, 2f]], sum.Videos[0].Clips);
        Assert.Equal([(1f + 3f) / 2, ((5f / 3) + 3f) / 2], sum.Videos[0].Mean);
        var result = EvaluationResult.From(sum);
        Assert.Equal((2, 3, 2), (result.Videos, result.Clips, result.TopFive));
        Assert.Equal(0.5, result.VideoAccuracy); // a: 2 against 2.33; b: 0 against 2
        Assert.Equal(1, result.Confusion[0, 0] + result.Confusion[1, 1]);
    }

    [Fact]
    public void Sum_OfStreamsWhoseLabelsAreInAnotherOrder_IsRefused()
    {
        var one = Scores(("a", 0, [[2f, 1f]]));
        var message = Assert.Throws<InvalidDataException>(() => VideoScores.Sum([one, one with { Labels = ["y", "x"] }])).Message;
        Assert.Contains("class 1 is 'x' in one and 'y' in another", message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => VideoScores.Sum([one, one with { Labels = ["x", "y", "z"] }]));
        Assert.Throws<InvalidDataException>(() => VideoScores.Sum([one, one with { Labels = ["x"] }]));
    }

    [Fact]
    public void TopFive_CountsVideosWithFewerThanFiveHigherLogits()
    {
        float[] logits = [6, 5, 4, 3, 2, 1, 0];
        var labels = Enumerable.Range(0, 7).Select(i => $"{i}").ToArray();
        var result = EvaluationResult.From(new VideoScores(labels, [.. Enumerable.Range(0, 7).Select(c => new ScoredVideo($"{c}", c, [logits], logits))]));
        Assert.Equal(5.0 / 7, result.TopFiveAccuracy, 1e-9);
        Assert.Equal(1.0 / 7, result.VideoAccuracy, 1e-9);
    }

    [Fact]
    public void Score_AFlowStreamAndItsOwnDistance_UsesFlowAndFindsNone()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var set = Tiny.Frames(folder.Path, 2, framesPerVideo: 33, flow: true);
        using var teacher = new Teacher(new ResNeXt3D(Tiny.Shape(2) with { InputChannels = 2 }), 1, DistillationPoint.AvgPool);
        var evaluator = new VideoEvaluator(new FrameCache(0), 4, 1, CPU);
        var scores = evaluator.Score(teacher.Network, set, new EvaluationOptions { Teacher = teacher }, null, TestContext.Current.CancellationToken);
        Assert.Equal(0, scores.TeacherDistance, 1e-9);
        Assert.Equal(8, scores.Videos.Sum(v => v.Clips.Count)); // 32 frames have flow
        var still = evaluator.Score(teacher.Network, set, new EvaluationOptions { Static = true }, null, TestContext.Current.CancellationToken);
        Assert.Single(still.Videos.Select(v => string.Join(' ', v.Mean)).Distinct()); // no motion: all alike
    }

    private static VideoScores Scores(params (string Video, int Class, float[][] Clips)[] videos) =>
        new(["x", "y"], [.. videos.Select(v => new ScoredVideo(v.Video, v.Class, v.Clips, VideoScores.Average(v.Clips)))]);
}
