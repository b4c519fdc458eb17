using Mars.Inference.Sessions;

namespace Mars.Inference.Tests.Sessions;

public sealed class BatchSizesTests
{
    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(6, new[] { 1, 2, 4, 6 })]
    [InlineData(8, new[] { 1, 2, 4, 8 })]
    public void Of_AnyLargest_IsPowersOfTwoAndIt(int largest, int[] expected) => Assert.Equal(expected, BatchSizes.Of(largest));

    [Fact]
    public void IndexFor_EveryBatch_IsTheSmallestSizeThatHoldsIt()
    {
        int[] sizes = [1, 2, 4, 6];
        Assert.Equal([1, 2, 4, 4, 6, 6], Enumerable.Range(1, 6).Select(n => sizes[BatchSizes.IndexFor(sizes, n)]));
    }
}
