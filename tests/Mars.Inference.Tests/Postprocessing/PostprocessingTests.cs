using Mars.Inference.Postprocessing;

namespace Mars.Inference.Tests.Postprocessing;

public sealed class PostprocessingTests
{
    [Fact]
    public void Softmax_LargeLogits_SumsToOneWithoutOverflow()
    {
        var scores = new float[3];
        Softmax.Compute([1000, 1001, 999], scores);
        Assert.Equal(1, scores.Sum(), 5);
        Assert.Equal(0.66524, scores[1], 4); // 1 / (1 + e^-1 + e^-2)
    }

    [Fact]
    public void TopK_AgainstSorting_SameOrder()
    {
        var random = new Random(6);
        var scores = Enumerable.Range(0, 400).Select(_ => random.NextSingle()).ToArray();
        var top = new int[5];
        Assert.Equal(5, TopK.Select(scores, top));
        Assert.Equal(Enumerable.Range(0, 400).OrderByDescending(i => scores[i]).Take(5), top);
    }

    [Fact]
    public void TopK_EqualScores_LowerIndexFirst()
    {
        var top = new int[3];
        Assert.Equal(3, TopK.Select([0.2f, 0.4f, 0.4f], top));
        Assert.Equal([1, 2, 0], top);
    }

    [Fact]
    public void TopK_FewerClassesThanWanted_AllOfThem()
    {
        var top = new int[5];
        Assert.Equal(2, TopK.Select([0.1f, 0.9f], top));
        Assert.Equal([1, 0], top[..2]);
    }

    [Fact]
    public void Smoother_SecondWindow_IsHalfOfEach()
    {
        var smoother = new ScoreSmoother(1, 0.5);
        smoother.Add([1]);
        Assert.Equal(1, smoother.Scores[0]);
        smoother.Add([0]);
        Assert.Equal(0.5f, smoother.Scores[0]);
        smoother.Reset();
        smoother.Add([0.25f]);
        Assert.Equal(0.25f, smoother.Scores[0]);
    }
}
