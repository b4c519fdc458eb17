using Mars.Server.Streams;

namespace Mars.Server.Tests.Streams;

public sealed class OutboxTests
{
    // Even numbers may be lost; -1 never.
    [Theory]
    [InlineData(new[] { 1, 2, 3, 4 }, new[] { 1, 3, 4 }, new[] { 2 })]
    [InlineData(new[] { 1, 3, 5, 7 }, new[] { 3, 5, 7 }, new[] { 1 })]
    [InlineData(new[] { -1, -1, -1, -1 }, new[] { -1, -1, -1, -1 }, new int[0])]
    [InlineData(new[] { -1, 3, -1, 2, 4 }, new[] { -1, 3, -1 }, new[] { 2, 4 })]
    public async Task Add_BeyondTheCapacityOfThree_TheOldestThatMayBeLostGoes(int[] added, int[] left, int[] gone)
    {
        var lost = new List<int>();
        using var outbox = new Outbox<int>(3, m => m % 2 == 0, m => m > 0, lost.Add);
        foreach (var message in added)
            outbox.Add(message);
        outbox.Complete();
        var read = new List<int>();
        await foreach (var message in outbox.ReadAllAsync(TestContext.Current.CancellationToken))
            read.Add(message);
        Assert.Equal((left, gone), (read.ToArray(), lost.ToArray()), Same);
    }

    private static bool Same((int[] Left, int[] Gone) a, (int[] Left, int[] Gone) b) => a.Left.SequenceEqual(b.Left) && a.Gone.SequenceEqual(b.Gone);
}
